offline
offcheck
offowner
offrange
offblock
offblock memory1
