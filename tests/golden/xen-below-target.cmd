offline
offowner
offcheck
offcheck -j
