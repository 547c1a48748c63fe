offrange -v -n 1 -p 15a3f0-15a40f
offrange -a -j -n 1 -p 15a3f0-15a40f
offline -n 1 -p 15a3f0-15a40f
offrange -v -n 0 -p 107bf0-107c0f
