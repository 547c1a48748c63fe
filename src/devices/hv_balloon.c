// SPDX-License-Identifier: GPL-2.0-or-later
/* hv_balloon.c - memory that Hyper-V's driver added while the guest ran */
#include "devices/memdevs.h"

static bool find(struct ofl_memdevs *d)
{
	return ofl_memdevs_added(d, &ofl_memdev_hv_balloon,
				 &ofl_owner_hv_balloon);
}

/* hv_mem_hot_add() calls add_memory(); nothing there calls remove_memory() */
const struct ofl_memdev_kind ofl_memdev_hv_balloon = {
	.name = "hv_balloon",
	.evidence = "hv_dynmem_device.ha_region_list",
	.what = "name of the driver, which has one device",
	.never = "hv_balloon adds memory and removes none; the host takes pages by the balloon",
	.next_never = "take pages instead: lower the memory of the guest on the host (Dynamic Memory)",
	.find = find,
};
