offcheck
offowner -v
offblock
offblock memory32
