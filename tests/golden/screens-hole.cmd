columns 80
offline
offrange
offcheck
offowner
offblock
offblock -s
offblock 0
offblock 39
offmap
offrange -O unknown
offowner -O orphan
offblock -O unknown
