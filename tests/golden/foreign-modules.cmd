offline
offowner -j
