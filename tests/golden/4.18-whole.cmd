offline
offrange
offowner
offblock
offblock memory34
offcheck
offmap
