offcheck
offcheck -j
offowner
offblock
offblock memory32
offblock memory34
offblock memory39
offblock -j memory39
