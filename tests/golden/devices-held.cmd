columns 80
offblock -d
offblock -d -v
columns 0
offblock -d -j memory34
