offblock
offblock memory36
offblock -d
offmap
offblock -V unknown -j
