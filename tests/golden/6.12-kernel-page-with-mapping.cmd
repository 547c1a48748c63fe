offblock memory37
