offmap
offmap -w
offmap -s
offmap -r
offmap -w -r
offmap -H
offmap -j
offmap -w -j
offmap -w -s -p 100000-10ffff
offmap -z Movable
offmap -B memory39
offmap -j -n 7
columns 80
offmap
columns 120
offmap
columns 31
offmap -w
