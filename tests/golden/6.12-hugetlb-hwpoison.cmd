offblock memory42
