offrange -v -p 10dff0-10e00f
offline -p 10dff0-10e00f
offline -j -p 10dff0-10e00f
