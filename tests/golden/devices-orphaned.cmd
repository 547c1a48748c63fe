offblock -d
