offrange -p 5-4
offrange -p
offrange -n 9
offrange -z swap
offrange -B disk1
offrange -y
offrange -o nope
offline now
offrange -p 10dff0 -S 0x27
offrange -P fffffffffffffff0
offrange -j -p x
offrange -p 10dff0
offrange -S 27
