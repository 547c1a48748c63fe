columns 80
offline
offrange
offcheck
offowner
offblock
offblock -s
offblock 0
offblock 39
offmap
offmap -s
offblock -w
offblock -a pfn:0x1033
offblock pfn:0x120000
offowner -v
offowner -O virtio_mem
