offrange -v -p 1383f0-13840f
offrange -a -j -p 1383f0-13840f
offline -p 1383f0-13840f
offline -S 0x27 -p 138400
