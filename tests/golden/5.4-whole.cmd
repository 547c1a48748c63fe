offline
offrange
offowner
offblock
offblock memory39
offcheck
offmap
