offrange -v -B memory17
offowner -B memory17
offblock memory12
offblock memory23
offcheck -B memory23
