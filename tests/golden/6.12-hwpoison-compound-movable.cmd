offblock memory41
