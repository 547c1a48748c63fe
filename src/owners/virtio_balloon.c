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
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/page.h"
#include "kernel/virtio_bus.h"
#include "owners/balloon.h"
#include "owners/field.h"
#include "target/count.h"
#include "target/text.h"

#define MODULE		"virtio_balloon"
#define BATCH_PAGES	256	/* VIRTIO_BALLOON_ARRAY_PFNS_MAX */
#define UNIT_BYTES	4096	/* of num_pages: VIRTIO_BALLOON_PFN_SHIFT */

enum field {
	F_VDEV, F_NUM_PAGES, F_INFO, F_LOCK, F_FEATURES, F_HINTS, F_HINT_LIST,
	NR_FIELDS
};

static const struct ofl_field fields[NR_FIELDS] = {
	[F_VDEV] = { "virtio_balloon", "vdev", NULL, 8, false },
	[F_NUM_PAGES] = { "virtio_balloon", "num_pages", NULL, 4, false },
	[F_INFO] = { "virtio_balloon", "vb_dev_info", NULL, 0, false },
	[F_LOCK] = { "virtio_balloon", "balloon_lock", NULL, 0, false },
	[F_FEATURES] = { "virtio_device", "features", NULL, 8, true },
	[F_HINTS] = { "virtio_balloon", "num_free_page_blocks", NULL, 8, true },
	[F_HINT_LIST] = { "virtio_balloon", "free_page_list", NULL, 0, true },
};

/* VIRTIO_BALLOON_F_*, uapi/linux/virtio_balloon.h: what a person wants to know */
static const struct {
	unsigned int bit;
	const char *text;
} features[] = {
	{ 2, "deflates when memory runs out" },
	{ 3, "free page hints" },
	{ 5, "free page reporting" },
};

/** struct state - the driver in this dump */
struct state {
	struct ofl_balloons b;
	bool layout;		/* all fields are known */
	bool whole_bus;		/* the virtio bus was walked to its end */
	bool unproved;		/* a device on it may have a struct that is not known */
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

	if (!v->priv_kva)
		return OFL_OK;	/* virtballoon_probe() did not set it */
	if (!ofl_place_read(st->b.env->t, v->priv_kva, &st->at[F_VDEV], &back) ||
	    back != v->kva) {
		st->unproved = true;
		return OFL_OK;
	}
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
	ofl_types_open(env->t, env->l, MODULE, "virtio_balloon",
		       env->types, &ty);
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

static void say_layout(const struct state *st, struct ofl_text *text)
{
	ofl_text_add(text, "layout of struct virtio_balloon is not known: ");
	ofl_types_advice(st->b.env->t, MODULE, text);
}

static void add_note(const struct state *st, char *note, size_t bytes)
{
	struct ofl_text text = ofl_text_over(note, bytes);

	if (!st->layout) {
		say_layout(st, &text);
	} else {
		ofl_text_add(&text, "%s", st->whole_bus ?
			"pages point to it, but it is not on the virtio bus" :
			"pages point to it; the virtio bus cannot be walked to its end");
	}
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
		add_note(st, ret->note, sizeof(ret->note));
	if (!d->driver_kva && st->layout && !st->whole_bus)
		ret->lost = "virtio_balloon: the virtio bus cannot be walked to its end";
	if (!st->layout)
		ret->module = MODULE;
}

/* what driver and device have agreed on */
static void describe_features(const struct state *st, uint64_t vb_kva,
			      struct ofl_account *a)
{
	const struct ofl_target *t = st->b.env->t;
	char buf[100];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));
	uint64_t vdev, agreed;
	size_t i;

	if (!ofl_place_read(t, vb_kva, &st->at[F_VDEV], &vdev) ||
	    !ofl_place_read(t, vdev, &st->at[F_FEATURES], &agreed))
		return;
	for (i = 0; i < OFL_COUNT(features); i++)
		if (agreed >> features[i].bit & 1)
			ofl_text_item(&text, ", ", "%s", features[i].text);
	ofl_account_detail(a, "features", "%s", text.used ? buf :
			   "neither deflates when memory runs out, nor hints or reports free pages");
}

/*
 * get_free_page_and_send(): blocks of the largest order, which are not
 * PageOffline. return_free_pages_to_mm() frees them when the host is done, and
 * virtio_balloon_shrinker_scan() when memory runs short.
 */
static void describe_hints(const struct state *st, uint64_t vb_kva,
			   struct ofl_account *a)
{
	const struct ofl_layout *l = st->b.env->l;
	int64_t orders = ofl_fact_value(l, OFL_F_NR_ORDERS, 0);
	uint64_t blocks;
	char size[24] = "size not known";

	if (!ofl_place_read(st->b.env->t, vb_kva, &st->at[F_HINTS], &blocks) ||
	    !blocks)
		return;
	if (orders > 0 && orders <= OFL_MAX_PAGE_ORDER && blocks < 1ull << 32)
		ofl_size_text(blocks * l->page_bytes << (orders - 1), size,
			      sizeof(size));
	ofl_account_detail(a, "hints", "%" PRIu64 " free block%s (%s) held; given back when the host is done, or memory runs short",
			   blocks, blocks == 1 ? "" : "s", size);
}

static bool hinted(const void *state, unsigned int device, uint64_t *head_kva)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];

	*head_kva = d->driver_kva + st->at[F_HINT_LIST].offset_bytes;
	return d->driver_kva && st->at[F_HINT_LIST].known;
}

static const char *at_work(const void *state, unsigned int device)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];

	/* without its struct nothing of it is said to be complete */
	if (!d->driver_kva)
		return NULL;
	return ofl_mutex_held(st->b.env, d->driver_kva +
			      st->at[F_LOCK].offset_bytes,
			      "balloon_lock is held: inflating or deflating",
			      "whether balloon_lock is held is not known");
}

#define WORK_UNKNOWN	"virtio_balloon: whether it takes or gives back pages is not known"

/* loaded, or in the kernel proper? with an unknown list of modules all are blind */
static bool is_here(const struct ofl_env *env)
{
	uint64_t kva;

	return ofl_module_here(env->t, env->l, MODULE) == OFL_MODULE_LOADED ||
	       ofl_symbol(env->t, "virtballoon_probe", &kva);
}

static bool may_be_unlisted(const struct state *st)
{
	return (!st->layout || !st->whole_bus || st->unproved) &&
	       is_here(st->b.env);
}

static const char *unseen(const void *state)
{
	return may_be_unlisted(state) ? WORK_UNKNOWN : NULL;
}

static bool unlisted(const void *state, struct ofl_text *text)
{
	const struct state *st = state;

	/* of a device that is listed it is said that its types lack */
	if (!may_be_unlisted(st) || (!st->layout && st->b.nr))
		return false;
	ofl_text_add(text, "a device without pages may not be listed: ");
	if (!st->layout)
		say_layout(st, text);
	else
		ofl_text_add(text, "%s", st->whole_bus ?
			     "its struct cannot be read" :
			     "the virtio bus cannot be walked to its end");
	return true;
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
	ofl_account_in_flight(a, at_work(state, device));
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->source));
	ofl_account_detail(a, "target", "in the device; not in a dump");
	if (d->driver_kva) {
		describe_features(st, d->driver_kva, a);
		describe_hints(st, d->driver_kva, a);
	}
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
	.batch_pages = BATCH_PAGES,
	.has_batch = ofl_balloons_have_batch,
	.unseen = unseen,
	.unlisted = unlisted,
	.probe = probe,
	.free = ofl_balloons_free,
	.blind = blind,
	.wants = wants,
	.devices = devices,
	.device = device,
	.claim = ofl_balloons_claim,
	.forget = ofl_balloons_forget,
	.keep = ofl_balloons_keep,
	.resume = ofl_balloons_resume,
	.account = account,
	.at_work = at_work,
	.hinted = hinted,
};
