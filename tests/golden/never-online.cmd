offline -B memory39
offline -j -B memory39
