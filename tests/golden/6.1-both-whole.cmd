offcheck
offcheck -j
offowner
offblock
offblock -d
offblock -j -d memory39
offblock memory32
offblock memory34
offblock memory39
offblock -j memory39
