offrange -v -p 10dff0-10e00f
offrange -a -j -p 10dff0-10e00f
offline -p 10dff0-10e00f
offrange -o PHYS,SIZE,state -P 10dffe000-10e001fff
offline -v -p 10dff0-10e00f
