// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_mem.c - virtio-mem: ranges of a device, sub-block bitmaps
 *
 * A device is found through its entry in memory_chain: the notifier_block is
 * part of struct virtio_mem. That it is one is proved by the iomem tree, where
 * the driver registers the device's region under the device's name; so neither
 * module symbols nor module debuginfo are needed, only the struct's layout.
 *
 * Source: drivers/virtio/virtio_mem.c; since aa218795cb5f (v5.8) the driver
 * drops the references of unplugged sub-blocks in MEM_GOING_OFFLINE.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iomem.h"
#include "owner.h"
#include "types.h"

#define CHILD_NAME	"System RAM (virtio_mem)"
#define CALLBACK	"virtio_mem_memory_notifier_cb"
#define MAX_BOOK_BYTES	(64u << 20)

enum field {
	F_NOTIFIER, F_ADDR, F_REGION_SIZE, F_REMOVING, F_IN_SBM,
	F_FIRST_MB, F_NEXT_MB, F_SB_SIZE, F_SBS_PER_MB, F_SB_STATES,
	F_FIRST_BB, F_NEXT_BB, F_BB_SIZE, F_BB_STATES,
	F_PLUGGED_SIZE, F_REQUESTED_SIZE, F_MB_STATES,
	F_MUTEX, F_HOTPLUG_ACTIVE, F_WQ_ACTIVE,
	NR_FIELDS
};

/* names: since v5.12 in sbm and bbm; before that flat, and no bbm at all */
static const struct {
	const char *name, *flat;
	uint8_t bytes;
	bool required;
} fields[NR_FIELDS] = {
	[F_NOTIFIER] = { "memory_notifier", NULL, 8, true },
	[F_ADDR] = { "addr", NULL, 8, true },
	[F_REGION_SIZE] = { "region_size", NULL, 8, true },
	[F_REMOVING] = { "removing", NULL, 1, true },
	[F_IN_SBM] = { "in_sbm", NULL, 1, false },
	[F_FIRST_MB] = { "sbm.first_mb_id", "first_mb_id", 8, true },
	[F_NEXT_MB] = { "sbm.next_mb_id", "next_mb_id", 8, true },
	[F_SB_SIZE] = { "sbm.sb_size", "subblock_size", 8, true },
	[F_SBS_PER_MB] = { "sbm.sbs_per_mb", "nb_sb_per_mb", 4, true },
	[F_SB_STATES] = { "sbm.sb_states", "sb_bitmap", 8, true },
	[F_FIRST_BB] = { "bbm.first_bb_id", NULL, 8, false },
	[F_NEXT_BB] = { "bbm.next_bb_id", NULL, 8, false },
	[F_BB_SIZE] = { "bbm.bb_size", NULL, 8, false },
	[F_BB_STATES] = { "bbm.bb_states", NULL, 8, false },
	[F_PLUGGED_SIZE] = { "plugged_size", NULL, 8, false },
	[F_REQUESTED_SIZE] = { "requested_size", NULL, 8, false },
	[F_MB_STATES] = { "sbm.mb_states", "mb_state", 8, false },
	[F_MUTEX] = { "hotplug_mutex", NULL, 8, false },
	[F_HOTPLUG_ACTIVE] = { "hotplug_active", NULL, 1, false },
	[F_WQ_ACTIVE] = { "wq_active", NULL, 4, false },
};

/* states of memory blocks; big blocks below. Before v5.16 KERNEL was ONLINE */
static const struct {
	const char *name, *text;
} mb_states[] = {
	{ "VIRTIO_MEM_SBM_MB_PLUGGED", "plugged" },
	{ "VIRTIO_MEM_SBM_MB_OFFLINE", "offline" },
	{ "VIRTIO_MEM_SBM_MB_OFFLINE_PARTIAL", "offline-partial" },
	{ "VIRTIO_MEM_SBM_MB_KERNEL", "kernel" },
	{ "VIRTIO_MEM_SBM_MB_KERNEL_PARTIAL", "kernel-partial" },
	{ "VIRTIO_MEM_SBM_MB_MOVABLE", "movable" },
	{ "VIRTIO_MEM_SBM_MB_MOVABLE_PARTIAL", "movable-partial" },
	{ "VIRTIO_MEM_SBM_MB_ONLINE", "online" },
	{ "VIRTIO_MEM_SBM_MB_ONLINE_PARTIAL", "online-partial" },
	{ "VIRTIO_MEM_MB_STATE_ONLINE", "online" },
	{ "VIRTIO_MEM_MB_STATE_ONLINE_PARTIAL", "online-partial" },
	{ "VIRTIO_MEM_MB_STATE_OFFLINE", "offline" },
	{ "VIRTIO_MEM_MB_STATE_OFFLINE_PARTIAL", "offline-partial" },
	{ "VIRTIO_MEM_MB_STATE_PLUGGED", "plugged" },
}, bb_states[] = {
	{ "VIRTIO_MEM_BBM_BB_PLUGGED", "plugged" },
	{ "VIRTIO_MEM_BBM_BB_ADDED", "added" },
	{ "VIRTIO_MEM_BBM_BB_FAKE_OFFLINE", "fake-offline" },
};

#define NR_MB_STATES (sizeof(mb_states) / sizeof(mb_states[0]))
#define NR_BB_STATES (sizeof(bb_states) / sizeof(bb_states[0]))

/** struct device - one virtio-mem device */
struct device {
	char name[24];
	uint64_t kva;			/* 0: known by its region only */
	uint64_t start_pa, end_pa;	/* its region, half-open */
	bool books;			/* what follows was read */
	bool removing;
	bool sbm;
	uint64_t first_id, next_id;	/* of memory blocks, or big blocks */
	uint64_t unit_bytes;		/* sub-block, or big block */
	uint64_t units_per_mb;		/* SBM only */
	union {
		unsigned char *map;
		uint64_t *plugged;	/* SBM: bitmap, 1 is plugged */
		uint8_t *states;	/* BBM: one a big block */
	};
	uint64_t map_bytes;
	char note[160];
};

/** struct state - the driver in this dump */
struct state {
	const struct ofl_env *env;
	uint64_t page_bytes, block_bytes;
	bool have[NR_FIELDS];
	uint64_t offset[NR_FIELDS];
	int64_t fake_offline;		/* VIRTIO_MEM_BBM_BB_FAKE_OFFLINE */
	int64_t mb_state[NR_MB_STATES];	/* -1: this kernel has none such */
	int64_t bb_state[NR_BB_STATES];
	enum ofl_types_source source;
	struct device dev[OFL_MAX_DEVICES];
	unsigned int nr;
	uint64_t parent_kva;		/* while walking the tree: last region */
	struct ofl_res parent;
	bool driver_maybe;		/* a callback may be the driver's */
	bool tree_known;		/* the iomem tree was walked to its end */
};

/* ---- layout ---- */

static void load_states(struct state *st, const struct ofl_types *ty)
{
	size_t i;

	if (!ofl_types_enumerator(ty, "VIRTIO_MEM_BBM_BB_FAKE_OFFLINE",
				  &st->fake_offline))
		st->fake_offline = -1;
	for (i = 0; i < NR_MB_STATES; i++)
		if (!ofl_types_enumerator(ty, mb_states[i].name,
					  &st->mb_state[i]))
			st->mb_state[i] = -1;
	for (i = 0; i < NR_BB_STATES; i++)
		if (!ofl_types_enumerator(ty, bb_states[i].name,
					  &st->bb_state[i]))
			st->bb_state[i] = -1;
}

static bool load_fields(struct state *st, const struct ofl_types *ty)
{
	struct ofl_member m;
	int i;

	if (ty->source == OFL_TYPES_NOWHERE)
		return false;
	for (i = 0; i < NR_FIELDS; i++) {
		st->have[i] = ofl_types_member(ty, "virtio_mem", fields[i].name,
					       &m) ||
			      (fields[i].flat &&
			       ofl_types_member(ty, "virtio_mem",
						fields[i].flat, &m));
		if (st->have[i])
			st->offset[i] = m.offset_bytes;
		else if (fields[i].required)
			return false;
	}
	load_states(st, ty);
	return true;
}

static bool get(const struct state *st, uint64_t kva, enum field f,
		uint64_t *ret)
{
	uint64_t v = 0;

	if (!st->have[f] ||
	    st->env->t->ops->read(st->env->t->ctx, kva + st->offset[f], &v,
				  fields[f].bytes) != OFL_READ_OK)
		return false;
	*ret = v;
	return true;
}

/* ---- regions, from the iomem tree ---- */

static enum ofl_status find_regions(void *arg, const struct ofl_res *r)
{
	struct state *st = arg;
	struct device *d;

	if (r->depth == 0)
		st->parent = *r;
	if (strcmp(r->name, CHILD_NAME) || r->parent_kva != st->parent.kva ||
	    st->nr == OFL_MAX_DEVICES)
		return OFL_OK;
	if (st->nr && st->dev[st->nr - 1].start_pa == st->parent.start_pa)
		return OFL_OK;	/* another child of the same region */
	d = &st->dev[st->nr++];
	snprintf(d->name, sizeof(d->name), "%.23s", st->parent.name);
	d->start_pa = st->parent.start_pa;
	d->end_pa = st->parent.last_pa + 1;
	return OFL_OK;
}

/* a device without added memory has a region all the same */
struct region_query {
	uint64_t start_pa, last_pa;
	char name[24];
	bool found;
};

static enum ofl_status match_region(void *arg, const struct ofl_res *r)
{
	struct region_query *q = arg;

	if (r->depth == 0 && r->start_pa == q->start_pa &&
	    r->last_pa == q->last_pa) {
		snprintf(q->name, sizeof(q->name), "%.23s", r->name);
		q->found = true;
	}
	return OFL_OK;
}

/* ---- devices, from the notifier chain ---- */

static bool read_map(struct state *st, struct device *d, uint64_t map_kva)
{
	uint64_t n = d->next_id - d->first_id;

	if (d->next_id < d->first_id || n > MAX_BOOK_BYTES)
		return false;
	d->map_bytes = d->sbm ? (n * d->units_per_mb + 63) / 64 * 8 : n;
	if (!d->map_bytes)
		return true;
	if (d->map_bytes > MAX_BOOK_BYTES || !map_kva)
		return false;
	d->map = malloc(d->map_bytes);
	return d->map && st->env->t->ops->read(st->env->t->ctx, map_kva, d->map,
					       d->map_bytes) == OFL_READ_OK;
}

static bool sane(const struct state *st, const struct device *d)
{
	if (!d->sbm)
		return d->unit_bytes >= st->block_bytes;
	return d->units_per_mb && d->unit_bytes >= st->page_bytes &&
	       d->unit_bytes * d->units_per_mb == st->block_bytes;
}

static bool read_books(struct state *st, struct device *d)
{
	uint64_t removing, in_sbm = 1, map_kva;
	bool ok;

	if (!get(st, d->kva, F_REMOVING, &removing) ||
	    (st->have[F_IN_SBM] && !get(st, d->kva, F_IN_SBM, &in_sbm)))
		return false;
	d->removing = removing;
	d->sbm = in_sbm;
	if (d->sbm)
		ok = get(st, d->kva, F_FIRST_MB, &d->first_id) &&
		     get(st, d->kva, F_NEXT_MB, &d->next_id) &&
		     get(st, d->kva, F_SB_SIZE, &d->unit_bytes) &&
		     get(st, d->kva, F_SBS_PER_MB, &d->units_per_mb) &&
		     get(st, d->kva, F_SB_STATES, &map_kva);
	else
		ok = get(st, d->kva, F_FIRST_BB, &d->first_id) &&
		     get(st, d->kva, F_NEXT_BB, &d->next_id) &&
		     get(st, d->kva, F_BB_SIZE, &d->unit_bytes) &&
		     get(st, d->kva, F_BB_STATES, &map_kva);
	return ok && sane(st, d) && read_map(st, d, map_kva);
}

static struct device *by_region(struct state *st, uint64_t start_pa,
				uint64_t end_pa)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->dev[i].start_pa == start_pa &&
		    st->dev[i].end_pa == end_pa)
			return &st->dev[i];
	return NULL;
}

/* is the notifier_block at @nb_kva part of a struct virtio_mem? */
static void try_callback(struct state *st, uint64_t nb_kva)
{
	uint64_t kva = nb_kva - st->offset[F_NOTIFIER], addr, size;
	struct region_query q = { 0 };
	struct device *d;

	if (!get(st, kva, F_ADDR, &addr) ||
	    !get(st, kva, F_REGION_SIZE, &size) || !size || addr + size < addr)
		return;
	q.start_pa = addr;
	q.last_pa = addr + size - 1;
	ofl_iomem_walk(st->env->t, st->env->l, match_region, &q);
	if (!q.found)
		return;
	d = by_region(st, addr, addr + size);
	if (!d) {
		if (st->nr == OFL_MAX_DEVICES)
			return;
		d = &st->dev[st->nr++];
		memcpy(d->name, q.name, sizeof(d->name));
		d->start_pa = addr;
		d->end_pa = addr + size;
	}
	d->kva = kva;
	d->books = read_books(st, d);
	if (!d->books)
		snprintf(d->note, sizeof(d->note),
			 "books at %#" PRIx64 " unreadable or impossible", kva);
}

static void walk_chain(struct state *st, bool layout)
{
	const struct ofl_chain *chain = st->env->chain;
	size_t i;

	st->driver_maybe = !chain->known || chain->cut;
	for (i = 0; i < chain->nr; i++) {
		const struct ofl_callback *cb = &chain->callback[i];

		/* without module symbols the callback has no name */
		if (cb->name[0] && strcmp(cb->name, CALLBACK))
			continue;
		st->driver_maybe = true;
		if (layout)
			try_callback(st, cb->nb_kva);
	}
}

static void note_missing(struct state *st, enum ofl_types_source source)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		if (st->dev[i].kva || st->dev[i].note[0])
			continue;
		if (!st->driver_maybe)
			snprintf(st->dev[i].note, sizeof(st->dev[i].note),
				 "driver is gone, its memory stayed: nobody drops references");
		else if (source == OFL_TYPES_NOWHERE)
			snprintf(st->dev[i].note, sizeof(st->dev[i].note),
				 "layout of struct virtio_mem is not known: mod -s virtio_mem");
		else
			snprintf(st->dev[i].note, sizeof(st->dev[i].note),
				 "no device found for this region");
	}
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state *st = calloc(1, sizeof(*st));
	struct ofl_types ty;
	enum ofl_types_source source;

	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for virtio-mem");
	*state = st;
	st->env = env;
	st->page_bytes = env->l->page_bytes;
	st->block_bytes = env->l->sections_per_block * env->l->section_pages *
			  env->l->page_bytes;
	if (!st->block_bytes)
		return OFL_OK;
	st->tree_known = !ofl_iomem_walk(env->t, env->l, find_regions, st);
	walk_chain(st, false);
	if (!st->nr && !st->driver_maybe)
		return OFL_OK;	/* no region, no driver: no types needed */
	ofl_types_open(env->t, env->l, "virtio_mem", "virtio_mem", &ty);
	st->source = source = ty.source;
	if (load_fields(st, &ty))
		walk_chain(st, true);
	ofl_types_close(&ty);
	note_missing(st, source);
	return OFL_OK;
}

static void free_state(void *state)
{
	struct state *st = state;
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		free(st->dev[i].map);
	free(st);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	return !st->block_bytes || st->tree_known ? NULL :
	       "virtio-mem: the iomem tree cannot be walked";
}

static unsigned int devices(const void *state, struct ofl_device *ret)
{
	const struct state *st = state;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		snprintf(ret[i].name, sizeof(ret[i].name), "%s",
			 st->dev[i].name);
		snprintf(ret[i].note, sizeof(ret[i].note), "%s",
			 st->dev[i].note);
		ret[i].kva = st->dev[i].kva;
	}
	return st->nr;
}

/* is unit number @unit of the books given back to the device? */
static bool is_gone(const struct state *st, const struct device *d,
		    uint64_t unit)
{
	if (!d->sbm)
		return d->states[unit] == st->fake_offline;
	return !(d->plugged[unit / 64] >> unit % 64 & 1);
}

/* is the unit of this address given back? false: not in the books */
static bool unplugged(const struct state *st, const struct device *d,
		      uint64_t pa, bool *ret)
{
	uint64_t id = pa / (d->sbm ? st->block_bytes : d->unit_bytes);

	if (id < d->first_id || id >= d->next_id)
		return false;
	id -= d->first_id;
	if (d->sbm)
		id = id * d->units_per_mb +
		     pa % st->block_bytes / d->unit_bytes;
	*ret = is_gone(st, d, id);
	return true;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	const struct state *st = state;
	uint64_t pa = p->pfn * st->page_bytes;
	bool gone = false;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		const struct device *d = &st->dev[i];

		if (pa < d->start_pa || pa >= d->end_pa)
			continue;
		if (!d->kva && !st->driver_maybe)
			return false;	/* the driver left: an orphan */
		ret->device = i;
		ret->evidence = OFL_EV_RANGE;
		ret->mgo = OFL_MGO_ASSUMED;
		if (!d->books || !unplugged(st, d, pa, &gone))
			return true;
		if (!gone && p->movable_ops)
			return false;	/* a balloon took it from plugged memory */
		ret->evidence = OFL_EV_BITMAP;
		ret->mgo = d->removing ? OFL_MGO_REFUSES :
			   gone ? OFL_MGO_DROPS : OFL_MGO_KEEPS;
		ret->unit_pfn = pa / d->unit_bytes * d->unit_bytes /
				st->page_bytes;
		ret->unit_pages = d->unit_bytes / st->page_bytes;
		return true;
	}
	return false;
}

static bool expects(const void *state, uint64_t pfn, struct ofl_claim *ret)
{
	const struct state *st = state;
	uint64_t pa = pfn * st->page_bytes;
	bool gone = false;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		const struct device *d = &st->dev[i];

		if (pa < d->start_pa || pa >= d->end_pa || !d->books ||
		    !unplugged(st, d, pa, &gone) || !gone)
			continue;
		ret->device = i;
		ret->evidence = OFL_EV_BITMAP;
		ret->mgo = OFL_MGO_DROPS;
		return true;
	}
	return false;
}

/* ---- the books of a device ---- */

/* are pages at this address in an online block, where their struct pages count? */
static bool is_online(const struct state *st, uint64_t pa)
{
	const struct ofl_block *b = st->env->blocks ?
		ofl_blocks_find(st->env->blocks, pa / st->block_bytes) : NULL;

	return b && (b->state == OFL_BLOCK_ONLINE ||
		     b->state == OFL_BLOCK_GOING_OFFLINE);
}

static uint64_t count_units(const struct device *d)
{
	return (d->next_id - d->first_id) * (d->sbm ? d->units_per_mb : 1);
}

/* pages that have to be PageOffline: units given back, of online blocks */
static uint64_t expected_pages(const struct state *st, const struct device *d)
{
	uint64_t base = d->first_id * (d->sbm ? st->block_bytes : d->unit_bytes);
	uint64_t i, at, pages = 0, n = count_units(d);
	/* a big block is made of memory blocks, each online or not */
	uint64_t step = d->unit_bytes < st->block_bytes ? d->unit_bytes :
							  st->block_bytes;

	for (i = 0; i < n; i++) {
		if (!is_gone(st, d, i))
			continue;
		for (at = 0; at < d->unit_bytes; at += step)
			if (is_online(st, base + i * d->unit_bytes + at))
				pages += step / st->page_bytes;
	}
	return pages;
}

static uint64_t plugged_bytes(const struct state *st, const struct device *d)
{
	uint64_t i, nr = 0, n = count_units(d);

	for (i = 0; i < n; i++)
		nr += d->sbm ? !is_gone(st, d, i) : d->states[i] != 0;
	return nr * d->unit_bytes;
}

static void find_in_flight(const struct state *st, const struct device *d,
			   struct ofl_account *a)
{
	uint64_t active = 0;
	const char *why = NULL;

	if (get(st, d->kva, F_WQ_ACTIVE, &active) && active)
		why = "wq_active: plugging or unplugging";
	if (st->have[F_MUTEX] &&
	    ofl_mutex_held(st->env, d->kva + st->offset[F_MUTEX]))
		why = "hotplug_mutex is held: plugging or unplugging";
	if (get(st, d->kva, F_HOTPLUG_ACTIVE, &active) && active)
		why = "hotplug_active: a block goes online or offline";
	if (why)
		snprintf(a->in_flight, sizeof(a->in_flight), "%s", why);
}

/* "movable 6, movable-partial 2" from one byte a block */
static void describe_states(const struct state *st, const struct device *d,
			    struct ofl_account *a)
{
	uint64_t n = d->next_id - d->first_id, count[256] = { 0 }, i, map_kva;
	size_t states = d->sbm ? NR_MB_STATES : NR_BB_STATES, used = 0;
	unsigned char *bytes = NULL;
	char text[100] = "";

	if (d->sbm) {
		bytes = n && n <= MAX_BOOK_BYTES ? malloc(n) : NULL;
		if (!bytes || !get(st, d->kva, F_MB_STATES, &map_kva) ||
		    st->env->t->ops->read(st->env->t->ctx, map_kva, bytes, n) !=
		    OFL_READ_OK) {
			free(bytes);
			return;
		}
	}
	for (i = 0; i < n; i++)
		count[d->sbm ? bytes[i] : d->states[i]]++;
	free(bytes);
	for (i = 0; i < states && used < sizeof(text); i++) {
		int64_t v = d->sbm ? st->mb_state[i] : st->bb_state[i];

		if (v >= 0 && v < 256 && count[v])
			used += (size_t)snprintf(text + used,
				sizeof(text) - used, "%s%s %" PRIu64,
				used ? ", " : "", d->sbm ? mb_states[i].text :
				bb_states[i].text, count[v]);
	}
	ofl_account_detail(a, "blocks", "%s", text);
}

static void check_sizes(const struct state *st, const struct device *d,
			struct ofl_account *a)
{
	uint64_t size, bits = plugged_bytes(st, d);

	if (get(st, d->kva, F_REQUESTED_SIZE, &size))
		ofl_account_counter(a, "requested_size", (int64_t)size);
	if (!get(st, d->kva, F_PLUGGED_SIZE, &size))
		return;
	ofl_account_counter(a, "plugged_size", (int64_t)size);
	if (size != bits)
		ofl_account_complain(a, a->in_flight[0] ? OFL_SEV_INFO :
			OFL_SEV_WARNING, "plugged-size", 0, 0,
			"plugged_size is %" PRIu64 ", but units of %" PRIu64
			" bytes are plugged", size, bits);
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	const struct device *d = &st->dev[device];

	ofl_account_detail(a, "region", "%" PRIx64 "-%" PRIx64, d->start_pa,
			   d->end_pa - 1);
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->source));
	if (!d->books)
		return;
	find_in_flight(st, d, a);
	a->known = st->env->blocks && !st->env->blocks->lost;
	a->expected = (int64_t)expected_pages(st, d);
	ofl_account_counter(a, "unplugged_pages", a->expected);
	check_sizes(st, d, a);
	ofl_account_detail(a, "mode", "%s", d->sbm ? "SBM" : "BBM");
	ofl_account_detail(a, d->sbm ? "sub-block" : "big-block",
			   "%" PRIu64 "K", d->unit_bytes >> 10);
	describe_states(st, d, a);
	if (d->removing)
		ofl_account_detail(a, "removing", "yes");
}

const struct ofl_owner_ops ofl_owner_virtio_mem = {
	.name = "virtio-mem",
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.devices = devices,
	.claim = claim,
	.account = account,
	.expects = expects,
};
