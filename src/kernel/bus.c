// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bus.c - walk the devices of a bus
 *
 * bus_kset lists the ksets of all buses; each is the first member of its
 * struct subsys_private, which has the list of devices.
 */
#include <string.h>

#include "kernel/bus.h"
#include "target/count.h"

#define MAX_BUSES	1024
#define MAX_DEVICES	(1 << 22)	/* memory blocks of 128 MiB in 512 TiB */

bool ofl_bus_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_BUS_KSET, OFL_F_KSET_LIST, OFL_F_KSET_KOBJ,
		OFL_F_KOBJ_NAME, OFL_F_KOBJ_ENTRY, OFL_F_SUBSYS_DEVICES,
		OFL_F_KLIST_LIST, OFL_F_KLIST_NODE, OFL_F_DEVPRIV_BUS_NODE,
		OFL_F_DEVPRIV_DEVICE, OFL_F_DEVICE_KOBJ,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

static bool read_name(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t kobj_kva, char *buf, size_t bytes)
{
	uint64_t kva;

	if (!ofl_fact_read_u64(t, l, kobj_kva, OFL_F_KOBJ_NAME, &kva))
		return false;
	if (ofl_read_str(t, kva, buf, bytes))
		return true;
	/* device_add(): -EINVAL without a name; zeros are not in the dump */
	if (ofl_reads_zero(t, kva, 1))
		ofl_miss(t, kva);
	return false;
}

/*
 * subsys_private of the bus; its kset comes first, and of that the kobject. A
 * bus whose name cannot be read may be the one.
 */
static enum ofl_bus_walked find_bus(const struct ofl_target *t,
				    const struct ofl_layout *l,
				    const char *bus, uint64_t *ret)
{
	uint64_t kset, head, node, kobj;
	char name[OFL_STR_MAX];
	bool nameless = false;
	int i;

	if (!ofl_read_u64(t, ofl_fact_u64(l, OFL_F_BUS_KSET), &kset))
		return OFL_BUS_BROKEN;
	head = node = kset + ofl_fact_u64(l, OFL_F_KSET_LIST);
	for (i = 0; i < MAX_BUSES; i++) {
		if (!ofl_read_u64(t, node, &node) || !node)
			return OFL_BUS_BROKEN;
		if (node == head)
			return nameless ? OFL_BUS_BROKEN : OFL_BUS_NONE;
		kobj = node - ofl_fact_u64(l, OFL_F_KOBJ_ENTRY);
		if (!read_name(t, l, kobj, name, sizeof(name))) {
			nameless = true;
		} else if (!strcmp(name, bus)) {
			*ret = kobj - ofl_fact_u64(l, OFL_F_KSET_KOBJ);
			return OFL_BUS_WHOLE;
		}
	}
	return OFL_BUS_BROKEN;
}

static bool read_device(const struct ofl_target *t, const struct ofl_layout *l,
			uint64_t node_kva, struct ofl_bus_device *d)
{
	uint64_t dp = node_kva - ofl_fact_u64(l, OFL_F_KLIST_NODE) -
		      ofl_fact_u64(l, OFL_F_DEVPRIV_BUS_NODE);

	memset(d, 0, sizeof(*d));
	if (!ofl_fact_read_u64(t, l, dp, OFL_F_DEVPRIV_DEVICE, &d->kva))
		return false;
	if (!read_name(t, l, d->kva + ofl_fact_u64(l, OFL_F_DEVICE_KOBJ), d->name,
		       sizeof(d->name)))
		d->name[0] = '\0';
	return true;
}

enum ofl_bus_walked ofl_bus_walk(const struct ofl_target *t,
				 const struct ofl_layout *l, const char *bus,
				 enum ofl_status (*visit)(void *arg,
					const struct ofl_bus_device *d),
				 void *arg)
{
	enum ofl_bus_walked found = OFL_BUS_BROKEN;
	struct ofl_bus_device d;
	uint64_t kva, head, node, mark = 0;
	int i;

	if (ofl_bus_known(l))
		found = find_bus(t, l, bus, &kva);
	if (found != OFL_BUS_WHOLE)
		return found;
	head = node = kva + ofl_fact_u64(l, OFL_F_SUBSYS_DEVICES) +
		      ofl_fact_u64(l, OFL_F_KLIST_LIST);
	for (i = 0; i < MAX_DEVICES; i++) {
		if (!ofl_read_u64(t, node, &node) || !node)
			return OFL_BUS_BROKEN;
		if (node == head)
			return found;
		/* Brent: a ring that has lost its head comes by the last mark */
		if (node == mark)
			return OFL_BUS_BROKEN;
		if (!(i & (i - 1)))
			mark = node;
		if (!read_device(t, l, node, &d))
			found = OFL_BUS_BROKEN;
		else if (visit(arg, &d))
			return OFL_BUS_BROKEN;
	}
	return OFL_BUS_BROKEN;
}
