offowner
offcheck
offcheck -j
