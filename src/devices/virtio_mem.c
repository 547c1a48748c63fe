// SPDX-License-Identifier: GPL-2.0-or-later
/* virtio_mem.c - virtio-mem devices, as src/owners found them */
#include "devices/memdevs.h"

static bool find(struct ofl_memdevs *d)
{
	return ofl_memdevs_added(d, &ofl_memdev_virtio_mem,
				 &ofl_owner_virtio_mem);
}

/*
 * virtio_mem_config_changed() looks for requested_size; virtio_mem_remove()
 * leaves memory in place that is not offline.
 */
const struct ofl_memdev_kind ofl_memdev_virtio_mem = {
	.name = "virtio_mem",
	.evidence = "iomem_resource: a region with System RAM (virtio_mem), or records of the driver",
	.what = "device on the virtio bus: `virtio1`",
	.next = "set requested-size of the device to 0 on the host: the driver unplugs it",
	.next_held = "offowner -v says what keeps its sub-blocks; next time online its memory to ZONE_MOVABLE",
	.next_never = "offline those of its blocks that can be; only a reboot gives back the rest",
	.contig = true,
	.find = find,
};
