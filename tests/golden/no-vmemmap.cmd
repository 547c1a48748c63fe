offrange
offline -j
