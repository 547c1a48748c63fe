offline -j
