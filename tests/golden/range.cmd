offrange
offrange -v
offrange -a
offrange -s
offrange -s -r
offrange -r
offrange -s -O virtio_mem
offrange -s -j
offrange -s -a
columns 80
offrange
offrange -s
