offblock memory36
