offblock -d
offblock -j -d memory39
