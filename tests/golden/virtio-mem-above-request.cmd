offline
offowner -O virtio_mem
offcheck
offowner -v -O virtio_mem
offowner -j -O virtio_mem
