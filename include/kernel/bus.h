/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bus.h - the devices of a bus of the driver core
 *
 * Depends on layout.h (late facts). Found through bus_kset, by the name of the
 * bus, so it does not matter whether the bus or its drivers are modules.
 */
#ifndef OFL_BUS_H
#define OFL_BUS_H

#include "layout/layout.h"

/** struct ofl_bus_device - a device that is registered on the bus */
struct ofl_bus_device {
	char name[24];		/* "virtio0"; "" if it cannot be read */
	uint64_t kva;		/* struct device */
};

/** enum ofl_bus_walked - what a walk came to */
enum ofl_bus_walked {
	OFL_BUS_BROKEN,		/* devices may be missing, or the bus itself */
	OFL_BUS_NONE,		/* there is no such bus */
	OFL_BUS_WHOLE
};

/** ofl_bus_known() - has this kernel all that ofl_bus_walk() needs? */
bool ofl_bus_known(const struct ofl_layout *l);

/**
 * ofl_bus_walk() - visit all devices of a bus, in the order of registration
 * @bus:   in  its name in /sys/bus
 * @visit: in  a status other than OFL_OK ends the walk
 *
 * Shape:  a device that cannot be read is left out, and the walk is not whole.
 * Errors: OFL_BUS_BROKEN: not all devices were visited.
 * Source: drivers/base/base.h: struct subsys_private, struct device_private.
 */
enum ofl_bus_walked ofl_bus_walk(const struct ofl_target *t,
				 const struct ofl_layout *l, const char *bus,
				 enum ofl_status (*visit)(void *arg,
					const struct ofl_bus_device *d),
				 void *arg);

#endif
