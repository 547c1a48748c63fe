offcheck
offcheck -j
offowner
offblock
offblock memory39
