offblock memory8
