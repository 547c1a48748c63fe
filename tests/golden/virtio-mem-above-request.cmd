offowner -O virtio_mem
offcheck
