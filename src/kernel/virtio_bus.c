// SPDX-License-Identifier: GPL-2.0-or-later
/* virtio_bus.c - what is behind the devices of the virtio bus */
#include <stdio.h>

#include "kernel/bus.h"
#include "kernel/virtio_bus.h"

/** struct places - where things are in struct virtio_device */
struct places {
	uint64_t dev, id, priv;
};

static bool place(const struct ofl_layout *l, const struct ofl_types *ty,
		  enum ofl_fact_id id, const char *member, uint64_t *ret)
{
	struct ofl_member m;

	if (ofl_fact_known(l, id)) {
		*ret = ofl_fact_u64(l, id);
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

/** struct walk - state of one walk */
struct walk {
	const struct ofl_target *t;
	struct places at;
	uint32_t id;
	enum ofl_status (*visit)(void *arg, const struct ofl_virtio_device *d);
	void *arg;
	bool whole;
};

static enum ofl_status visit_device(void *arg, const struct ofl_bus_device *b)
{
	struct walk *w = arg;
	struct ofl_virtio_device d = { .kva = b->kva - w->at.dev };

	snprintf(d.name, sizeof(d.name), "%s", b->name);
	if (!ofl_read_u32(w->t, d.kva + w->at.id, &d.id) ||
	    !ofl_read_u64(w->t, d.kva + w->at.priv, &d.priv_kva)) {
		w->whole = false;
		return OFL_OK;
	}
	/* uapi/linux/virtio_ids.h has no 0: it is not in the dump */
	w->whole &= d.id != 0;
	return d.id == w->id ? w->visit(w->arg, &d) : OFL_OK;
}

bool ofl_virtio_walk(const struct ofl_layout *l, const struct ofl_types *ty,
		     uint32_t id,
		     enum ofl_status (*visit)(void *arg,
					      const struct ofl_virtio_device *d),
		     void *arg)
{
	struct walk w = {
		.t = ty->t, .id = id, .visit = visit, .arg = arg, .whole = true,
	};

	return ofl_bus_known(l) && look_up(l, ty, &w.at) &&
	       ofl_bus_walk(ty->t, l, "virtio", visit_device, &w) ==
	       OFL_BUS_WHOLE && w.whole;
}
