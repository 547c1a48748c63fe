offblock memory9
