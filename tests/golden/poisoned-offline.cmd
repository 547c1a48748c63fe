offblock memory39
offblock -j memory39
