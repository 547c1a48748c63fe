/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_bus.h - the devices on the virtio bus
 *
 * Depends on types.h. Found through bus_kset, so it does not matter whether
 * the bus or the drivers are modules.
 */
#ifndef OFL_VIRTIO_BUS_H
#define OFL_VIRTIO_BUS_H

#include "layout/types.h"

/** struct ofl_virtio_device - a device on the bus */
struct ofl_virtio_device {
	char name[24];		/* "virtio0" */
	uint32_t id;		/* VIRTIO_ID_*, uapi/linux/virtio_ids.h */
	uint64_t kva;		/* struct virtio_device */
	uint64_t priv_kva;	/* the driver's struct; 0: no driver */
};

#define OFL_VIRTIO_ID_BALLOON 5

/**
 * ofl_virtio_walk() - visit all devices of one kind
 * @ty:    in  types of a virtio driver: debuginfo of the kernel may have none
 * @visit: in  a status other than OFL_OK ends the walk
 *
 * Shape:  a device that cannot be read is left out, and the walk is not whole.
 * Errors: false if not all devices were visited.
 */
bool ofl_virtio_walk(const struct ofl_layout *l, const struct ofl_types *ty,
		     uint32_t id,
		     enum ofl_status (*visit)(void *arg,
					      const struct ofl_virtio_device *d),
		     void *arg);

#endif
