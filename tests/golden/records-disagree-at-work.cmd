offblock memory39
offcheck
