offline -B memory39
