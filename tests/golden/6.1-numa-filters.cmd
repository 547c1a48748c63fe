offblock memory33 -n 1
offcheck -n 1 -B memory0
offowner -z Movable -S 0
offblock -j -z DMA32 memory33
