columns 80
interrupt 6
offline
interrupt 12
offrange
interrupt 12
offrange -s
interrupt 6
offmap -w
interrupt 24
offmap
interrupt 24
offowner
interrupt 24
offcheck
interrupt 24
offcheck -a
interrupt 40
offcheck -a
interrupt 40
offblock -w
interrupt 40
offblock -d
offline
