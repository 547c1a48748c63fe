// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * acpi.c - memory devices of ACPI: DIMMs, also those that a hypervisor plugs
 *
 * A device PNP0C80 on the bus "acpi" has a struct acpi_memory_device, which
 * points back to it and lists its ranges.
 */
#include <string.h>

#include "devices/memdevs.h"
#include "kernel/bus.h"
#include "target/count.h"

#define HID		"PNP0C80:"
#define MAX_RANGES	4096	/* of one device */

/** struct walk - state */
struct walk {
	struct ofl_memdevs *d;
	bool broken;
};

/* acpi_memory_get_resource() merges ranges that touch; each is a list entry */
static bool add_ranges(struct ofl_memdevs *d, const char *name, uint64_t mem)
{
	const struct ofl_layout *l = d->env->l;
	uint64_t head = mem + ofl_fact_u64(l, OFL_F_ACPI_MEM_RANGES);
	uint64_t node, before = head, links[2], info, start, bytes;
	unsigned int i;

	if (!ofl_read_u64(&d->t, head, &node))
		return false;
	for (i = 0; node != head; i++) {
		info = node - ofl_fact_u64(l, OFL_F_ACPI_RANGE_LIST);
		if (i == MAX_RANGES || !(node >> 63) || node & 7 ||
		    ofl_read(&d->t, node, links, sizeof(links)) != OFL_READ_OK ||
		    links[1] != before ||
		    !ofl_fact_read_u64(&d->t, l, info, OFL_F_ACPI_RANGE_START,
				       &start) ||
		    !ofl_fact_read_u64(&d->t, l, info, OFL_F_ACPI_RANGE_BYTES,
				       &bytes) || start + bytes < start)
			return false;
		ofl_memdevs_add(d, &ofl_memdev_acpi, name, false, start,
				start + bytes);
		before = node;
		node = links[0];
	}
	return true;
}

static enum ofl_status visit(void *arg, const struct ofl_bus_device *dev)
{
	struct walk *w = arg;
	const struct ofl_layout *l = w->d->env->l;
	uint64_t acpi = dev->kva - ofl_fact_u64(l, OFL_F_ACPI_DEVICE_DEV);
	uint64_t mem, back;

	/* one whose name cannot be read may be memory */
	w->broken |= !dev->name[0];
	if (strncmp(dev->name, HID, sizeof(HID) - 1))
		return OFL_OK;
	if (!ofl_fact_read_u64(&w->d->t, l, acpi, OFL_F_ACPI_DEVICE_DATA, &mem)) {
		w->broken = true;
		return OFL_OK;
	}
	/* acpi_memory_device_add() has not taken it, or has let go */
	if (!mem)
		return OFL_OK;
	if (!(mem >> 63) || mem & 7 ||
	    !ofl_fact_read_u64(&w->d->t, l, mem, OFL_F_ACPI_MEM_DEVICE, &back) ||
	    back != acpi || !add_ranges(w->d, dev->name, mem))
		w->broken = true;
	return OFL_OK;
}

static bool find(struct ofl_memdevs *d)
{
	static const enum ofl_fact_id own[] = {
		OFL_F_ACPI_MEM_DEVICE, OFL_F_ACPI_MEM_RANGES,
		OFL_F_ACPI_RANGE_LIST, OFL_F_ACPI_RANGE_START,
		OFL_F_ACPI_RANGE_BYTES,
	};
	const struct ofl_layout *l = d->env->l;
	size_t known = ofl_facts_count(l, own, OFL_COUNT(own));
	struct walk w = { .d = d };

	/* no such types: a kernel without CONFIG_ACPI_HOTPLUG_MEMORY, or no debuginfo */
	if (!known)
		return true;
	if (known < OFL_COUNT(own) ||
	    !ofl_fact_known(l, OFL_F_ACPI_DEVICE_DEV) ||
	    !ofl_fact_known(l, OFL_F_ACPI_DEVICE_DATA))
		return false;
	/* no such bus: ACPI is off */
	d->asked_boot = true;
	return ofl_bus_walk(&d->t, l, "acpi", visit, &w) != OFL_BUS_BROKEN &&
	       !w.broken;
}

/* acpi_scan_hot_remove(): acpi_scan_try_to_offline() offlines its blocks */
const struct ofl_memdev_kind ofl_memdev_acpi = {
	.name = "acpi",
	.evidence = "acpi_device on the bus \"acpi\", acpi_memory_device.res_list",
	.what = "ACPI memory device, such as a DIMM: `PNP0C80:00`",
	.next = "unplug it on the host, or write 1 to `eject` of the device: its blocks are offlined first",
	.next_held = "an eject request fails until its blocks can be offlined: next time online them to ZONE_MOVABLE",
	.find = find,
};
