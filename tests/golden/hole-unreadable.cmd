offrange -v -p 1383f0-13840f
offrange -a -p 1383f0-13840f
offrange -a -j -p 1383f0-13840f
