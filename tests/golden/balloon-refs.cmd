offblock
offcheck
offblock memory33
