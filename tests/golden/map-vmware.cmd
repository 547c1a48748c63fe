offmap
offmap -w
offmap -w -j
