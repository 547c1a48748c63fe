offrange -v -p 10dff0-10e00f
offrange -j -p 10dff0-10e00f
offline -p 10dff0-10e00f
offline -v -p 10dff0-10e00f
