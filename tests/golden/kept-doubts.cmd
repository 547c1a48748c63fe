offblock
offblock
offmap
