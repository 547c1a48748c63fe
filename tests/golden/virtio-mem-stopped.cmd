offowner -v -O virtio_mem
offowner -j -v -O virtio_mem
offowner -v -B memory34
columns 80
offline
