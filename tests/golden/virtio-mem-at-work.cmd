offblock -B memory39
offcheck
offblock -j -B memory39
