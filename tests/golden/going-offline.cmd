offline
offblock -v
