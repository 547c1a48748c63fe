// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_bus.c - walk the virtio bus
 *
 * bus_kset lists the ksets of all buses; each is the first member of its
 * struct subsys_private, which has the list of devices.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/virtio_bus.h"

#define MAX_BUSES	1024
#define MAX_DEVICES	65536

static uint64_t fact(const struct ofl_layout *l, enum ofl_fact_id id)
{
	return (uint64_t)l->fact[id].value;
}

static bool known(const struct ofl_layout *l)
{
	int i;

	for (i = OFL_F_BUS_KSET; i <= OFL_F_DEVICE_KOBJ; i++)
		if (!ofl_fact_known(l, (enum ofl_fact_id)i))
			return false;
	return true;
}

static bool read_name(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t kobj_kva, char *buf, size_t bytes)
{
	uint64_t kva;

	return ofl_read_u64(t, kobj_kva + fact(l, OFL_F_KOBJ_NAME), &kva) &&
	       ofl_read_str(t, kva, buf, bytes);
}

/* subsys_private of the bus; its kset comes first, and of that the kobject */
static bool find_bus(const struct ofl_target *t, const struct ofl_layout *l,
		     const char *bus, uint64_t *ret)
{
	uint64_t kset, head, node, kobj;
	char name[OFL_STR_MAX];
	int i;

	if (!ofl_read_u64(t, fact(l, OFL_F_BUS_KSET), &kset))
		return false;
	head = node = kset + fact(l, OFL_F_KSET_LIST);
	for (i = 0; i < MAX_BUSES; i++) {
		if (!ofl_read_u64(t, node, &node) || node == head || !node)
			return false;
		kobj = node - fact(l, OFL_F_KOBJ_ENTRY);
		if (!read_name(t, l, kobj, name, sizeof(name)) ||
		    strcmp(name, bus))
			continue;
		*ret = kobj - fact(l, OFL_F_KSET_KOBJ);
		return true;
	}
	return false;
}

/** struct places - where things are in struct virtio_device */
struct places {
	uint64_t dev, id, priv;
};

static bool place(const struct ofl_layout *l, const struct ofl_types *ty,
		  enum ofl_fact_id id, const char *member, uint64_t *ret)
{
	struct ofl_member m;

	if (ofl_fact_known(l, id)) {
		*ret = fact(l, id);
		return true;
	}
	if (!ofl_types_member(ty, "virtio_device", member, &m))
		return false;
	*ret = m.offset_bytes;
	return true;
}

static bool look_up(const struct ofl_layout *l, const struct ofl_types *ty,
		    struct places *at)
{
	return place(l, ty, OFL_F_VIRTIO_DEV, "dev", &at->dev) &&
	       place(l, ty, OFL_F_VIRTIO_ID, "id", &at->id) &&
	       place(l, ty, OFL_F_VIRTIO_PRIV, "priv", &at->priv);
}

static bool read_device(const struct ofl_target *t, const struct ofl_layout *l,
			const struct places *at, uint64_t node_kva,
			struct ofl_virtio_device *d)
{
	uint64_t dp = node_kva - fact(l, OFL_F_KLIST_NODE) -
		      fact(l, OFL_F_DEVPRIV_BUS_NODE);
	uint64_t device;

	memset(d, 0, sizeof(*d));
	if (!ofl_read_u64(t, dp + fact(l, OFL_F_DEVPRIV_DEVICE), &device))
		return false;
	d->kva = device - at->dev;
	read_name(t, l, device + fact(l, OFL_F_DEVICE_KOBJ), d->name,
		  sizeof(d->name));
	return ofl_read_u32(t, d->kva + at->id, &d->id) &&
	       ofl_read_u64(t, d->kva + at->priv, &d->priv_kva);
}

bool ofl_virtio_walk(const struct ofl_layout *l, const struct ofl_types *ty,
		     uint32_t id,
		     enum ofl_status (*visit)(void *arg,
					      const struct ofl_virtio_device *d),
		     void *arg)
{
	const struct ofl_target *t = ty->t;
	struct ofl_virtio_device d;
	uint64_t bus, head, node;
	struct places at;
	bool whole = true;
	int i;

	if (!known(l) || !look_up(l, ty, &at) || !find_bus(t, l, "virtio", &bus))
		return false;
	head = node = bus + fact(l, OFL_F_SUBSYS_DEVICES) +
		      fact(l, OFL_F_KLIST_LIST);
	for (i = 0; i < MAX_DEVICES; i++) {
		if (!ofl_read_u64(t, node, &node) || !node)
			return false;
		if (node == head)
			return whole;
		if (!read_device(t, l, &at, node, &d))
			whole = false;
		else if (d.id == id && visit(arg, &d))
			return false;
	}
	return false;
}
