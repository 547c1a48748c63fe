interrupt 10
offline -j
interrupt 24
offline -j
interrupt 24
offrange -j
