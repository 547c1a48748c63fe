offblock -d -B memory48
offblock -d -B memory32
offblock -d -B memory1
offblock -j -d -B memory48
offline
