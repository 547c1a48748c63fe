offline -B memory39
offblock memory39
