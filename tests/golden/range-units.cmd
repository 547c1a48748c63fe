offrange
offrange -v -S 0
offrange -a -p 4df0-5210
offrange -v -p 4e10-5210
offrange -s
offrange -s -n 0 -p 4e10-5210
offrange -j -p 4df0-5210
