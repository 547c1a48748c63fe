offblock
offline
