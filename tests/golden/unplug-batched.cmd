offblock -B memory48
offblock -p 0x180045
