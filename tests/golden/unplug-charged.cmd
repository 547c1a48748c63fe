offblock -B memory48
