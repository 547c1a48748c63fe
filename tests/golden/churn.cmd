offline
offowner -v -O virtio_balloon
