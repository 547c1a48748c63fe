offrange -v -p 1383f0-13840f
offrange -a -j -p 1383f0-13840f
offline -p 1383f0-13840f
offrange -v -p 10dff0-10e00f
offline -v -p 1383f0-13840f
