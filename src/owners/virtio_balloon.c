// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_balloon.c - virtio-balloon: a list, and back-pointers to the device
 *
 * Devices are found on the virtio bus; that the driver's struct is one is
 * proved by its pointer back to the device. Without the layout of the struct
 * a device is known by the balloon_dev_info that its pages point to, and the
 * driver by the name of migratepage.
 *
 * Source: drivers/virtio/virtio_balloon.c.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/virtio_bus.h"
#include "owners/balloon.h"
#include "owners/field.h"
#include "target/text.h"

#define MODULE		"virtio_balloon"
#define UNIT_BYTES	4096	/* of num_pages: VIRTIO_BALLOON_PFN_SHIFT */

enum field { F_VDEV, F_NUM_PAGES, F_INFO, F_LOCK, NR_FIELDS };

static const struct ofl_field fields[NR_FIELDS] = {
	[F_VDEV] = { "virtio_balloon", "vdev", NULL, 8, false },
	[F_NUM_PAGES] = { "virtio_balloon", "num_pages", NULL, 4, false },
	[F_INFO] = { "virtio_balloon", "vb_dev_info", NULL, 0, false },
	[F_LOCK] = { "virtio_balloon", "balloon_lock", NULL, 0, false },
};

/** struct state - the driver in this dump */
struct state {
	struct ofl_balloons b;
	bool layout;		/* all fields are known */
	bool whole_bus;		/* the virtio bus was walked to its end */
	struct ofl_place at[NR_FIELDS];
	enum ofl_types_source source;
};

/** struct search - for devices */
struct search {
	struct state *st;
	enum ofl_status status;
	struct ofl_err *err;
};

static enum ofl_status add_device(void *arg, const struct ofl_virtio_device *v)
{
	struct search *s = arg;
	struct state *st = s->st;
	struct ofl_balloon *d;
	uint64_t back;

	if (!v->priv_kva ||
	    !ofl_place_read(st->b.env->t, v->priv_kva, &st->at[F_VDEV], &back) ||
	    back != v->kva)
		return OFL_OK;	/* virtballoon_probe() did not set it */
	s->status = ofl_balloons_add(&st->b, v->priv_kva +
				     st->at[F_INFO].offset_bytes, &d, s->err);
	if (d) {
		memcpy(d->name, v->name, sizeof(d->name));
		d->driver_kva = v->priv_kva;
	}
	return s->status;
}

static enum ofl_status find_devices(struct state *st,
				    const struct ofl_types *ty,
				    struct ofl_err *err)
{
	struct search s = { st, OFL_OK, err };

	st->whole_bus = ofl_virtio_walk(st->b.env->l, ty, OFL_VIRTIO_ID_BALLOON,
					add_device, &s);
	return s.status;
}

static const struct ofl_balloon_driver driver = {
	.name = "virtio_balloon",
	.module = MODULE,
	.migrate = "virtballoon_migratepage",
};

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	enum ofl_status status = OFL_OK;
	struct ofl_types ty;
	struct state *st;

	if (!ofl_balloon_known(env->l))
		return OFL_OK;
	st = *state = ofl_balloons_new(env, &driver, sizeof(*st), err);
	if (!st)
		return OFL_ERR_NOMEM;
	ofl_types_open(env->t, env->l, MODULE, "virtio_balloon", &ty);
	st->source = ty.source;
	st->layout = ofl_fields_load(&ty, fields, NR_FIELDS, st->at);
	if (st->layout)
		status = find_devices(st, &ty, err);
	ofl_types_close(&ty);
	return status;
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	return !st || ofl_balloons_known(&st->b) ? NULL :
	       "virtio_balloon: a list of pages was not read to the end";
}

static const char *note(const struct state *st)
{
	return !st->layout ?
	       "layout of struct virtio_balloon is not known: mod -s virtio_balloon" :
	       !st->whole_bus ?
	       "pages point to it; the virtio bus cannot be walked to its end" :
	       "pages point to it, but it is not on the virtio bus";
}

static unsigned int devices(const void *state)
{
	const struct state *st = state;

	return st->b.nr;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];

	ofl_text_put(ret->name, sizeof(ret->name), "%s", d->name);
	ret->kva = d->driver_kva;
	if (!d->driver_kva)
		ofl_text_put(ret->note, sizeof(ret->note), "%s", note(st));
	if (!st->layout)
		ret->module = MODULE;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];
	uint64_t units = st->b.env->l->page_bytes / UNIT_BYTES;
	uint64_t num_pages;

	if (d->driver_kva && units &&
	    ofl_place_read(st->b.env->t, d->driver_kva, &st->at[F_NUM_PAGES],
			   &num_pages)) {
		ofl_account_counter(a, "num_pages", (int64_t)num_pages);
		a->known = true;
		a->expected = (int64_t)(num_pages / units);
	}
	ofl_balloon_account(d, a);
	if (d->driver_kva && ofl_mutex_held(st->b.env, d->driver_kva +
					     st->at[F_LOCK].offset_bytes))
		ofl_text_put(a->in_flight, sizeof(a->in_flight),
			 "balloon_lock is held: inflating or deflating");
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->source));
	ofl_account_detail(a, "target", "in the device; not in a dump");
}

static const char *wants(const void *state)
{
	const struct state *st = state;

	return st->layout || !st->b.nr ? NULL : MODULE;
}

const struct ofl_owner_ops ofl_owner_virtio_balloon = {
	.name = "virtio_balloon",
	.mark = 'b',
	.in_node_stat = true,
	.in_vm_events = true,
	.probe = probe,
	.free = ofl_balloons_free,
	.blind = blind,
	.wants = wants,
	.devices = devices,
	.device = device,
	.claim = ofl_balloons_claim,
	.forget = ofl_balloons_forget,
	.account = account,
};
