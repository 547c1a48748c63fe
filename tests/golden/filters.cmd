offblock -O virtio_mem memory5
offblock -V blocked -B 39
offblock -s memory5
offblock -w memory5
offblock 20
offblock -B 20 -j
offblock memory-1
offblock 0x27
offcheck -B memory39 -B memory32
offline -r -o node,zone,offpages
offowner -O virtio_mem
offblock -d
offblock -d -O virtio_mem
offblock -d -V driver
offrange -O virtio_mem
offrange -O unknown
offowner -O unknown
offblock -O unknown
