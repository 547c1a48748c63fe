offline
offline -v
offrange -a
offblock -B memory7
offblock memory7
offblock memory34
offowner
offcheck
offline -j
