offblock memory39
