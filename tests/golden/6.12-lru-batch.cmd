offblock memory2
