offrange -v -p 1383f0-13840f
offline -j -p 1383f0-13840f
