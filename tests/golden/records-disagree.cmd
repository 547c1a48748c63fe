offblock
offcheck
offblock memory39
offblock memory32
