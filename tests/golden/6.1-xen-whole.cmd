offcheck
offowner -v
offblock
offblock memory1
offblock -O xen_balloon
