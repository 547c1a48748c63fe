offcheck
offowner
offowner -n 1
offblock
offblock -n 1
offblock memory34
