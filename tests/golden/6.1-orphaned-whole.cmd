offcheck
offcheck -j
offowner
offblock
offblock -d
offblock memory39
