offcheck
offowner -v
offblock
offblock memory1
