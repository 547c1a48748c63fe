offblock memory32
