offrange -v -p 100000-10003f
offrange -a -j -p 100000-10003f
offline -p 100000-10003f
offrange -v -z movable -p 107ac0-107aff
