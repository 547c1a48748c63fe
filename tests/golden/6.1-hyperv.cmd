offrange -v -p 80cff0-80d00f
offowner -v -p 80cff0-80d00f
offcheck -p 80cff0-80d00f
