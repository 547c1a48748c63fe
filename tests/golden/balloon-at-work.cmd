offblock -B memory1
offblock -B memory39
offblock
offcheck
offowner -v
offline -v -B memory1
offcheck -j
offowner -O orphan
