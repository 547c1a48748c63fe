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

#include "owners/virtio_mem_records.h"
#include "target/text.h"

#define CHILD_NAME	"System RAM (virtio_mem)"
#define NO_MEMORY	"no memory for its records"
#define CALLBACK	"virtio_mem_memory_notifier_cb"

/* ---- regions, from the iomem tree ---- */

static struct ofl_vmem_device *new_device(struct ofl_vmem *st)
{
	struct ofl_vmem_device *more = realloc(st->dev,
					       (st->nr + 1) * sizeof(*more));

	if (!more) {
		st->no_memory = true;
		return NULL;
	}
	st->dev = more;
	memset(&more[st->nr], 0, sizeof(*more));
	return &more[st->nr++];
}

static enum ofl_status find_regions(void *arg, const struct ofl_res *r)
{
	struct ofl_vmem *st = arg;
	struct ofl_vmem_device *d;

	if (r->depth == 0)
		st->parent = *r;
	/* all other kinds of memory have names in the kernel proper */
	if (!r->name[0] && r->depth == 1 && r->flags & OFL_IORES_SYSRAM)
		st->unnamed = true;
	if (strcmp(r->name, CHILD_NAME) || r->parent_kva != st->parent.kva)
		return OFL_OK;
	if (st->nr && st->dev[st->nr - 1].start_pa == st->parent.start_pa)
		return OFL_OK;	/* another child of the same region */
	d = new_device(st);
	if (!d)
		return OFL_ERR_NOMEM;
	ofl_text_put(d->name, sizeof(d->name), "%s", st->parent.name);
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
		ofl_text_put(q->name, sizeof(q->name), "%s", r->name);
		q->found = true;
	}
	return OFL_OK;
}

/* ---- devices, from the notifier chain ---- */

static struct ofl_vmem_device *find_device(struct ofl_vmem *st,
					    uint64_t start_pa, uint64_t end_pa)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->dev[i].start_pa == start_pa &&
		    st->dev[i].end_pa == end_pa)
			return &st->dev[i];
	return NULL;
}

/* virtio_mem_memory_notifier_cb(): is @nb_kva's struct a virtio_mem? */
static void try_callback(struct ofl_vmem *st, uint64_t nb_kva)
{
	uint64_t kva = nb_kva - st->at[OFL_VMEM_NOTIFIER].offset_bytes, addr, size;
	struct region_query q = { 0 };
	struct ofl_vmem_device *d;

	if (!ofl_vmem_get(st, kva, OFL_VMEM_ADDR, &addr) ||
	    !ofl_vmem_get(st, kva, OFL_VMEM_REGION_SIZE, &size) || !size || addr + size < addr)
		return;
	q.start_pa = addr;
	q.last_pa = addr + size - 1;
	ofl_iomem_walk(st->env->t, st->env->l, match_region, &q);
	if (!q.found)
		return;
	d = find_device(st, addr, addr + size);
	if (!d) {
		d = new_device(st);
		if (!d)
			return;
		memcpy(d->name, q.name, sizeof(d->name));
		d->start_pa = addr;
		d->end_pa = addr + size;
	}
	d->kva = kva;
	st->driver_here = true;
	d->records = ofl_vmem_read(st, d);
	if (!d->records)
		ofl_text_put(d->note, sizeof(d->note),
			 "records at %#" PRIx64 " unreadable or impossible", kva);
}

static void walk_chain(struct ofl_vmem *st, bool layout)
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
		st->driver_here |= cb->name[0];
		st->nr_called += cb->name[0] && !layout;
		if (layout)
			try_callback(st, cb->nb_kva);
	}
}

static void say_layout(const struct ofl_vmem *st, struct ofl_text *text)
{
	ofl_text_add(text, "layout of struct virtio_mem is not known: ");
	ofl_types_advice(st->env->t, "virtio_mem", text);
}

static void note_layout(const struct ofl_vmem *st, char *note, size_t bytes)
{
	struct ofl_text text = ofl_text_over(note, bytes);

	say_layout(st, &text);
}

static void note_missing(struct ofl_vmem *st, enum ofl_types_source source)
{
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		if (st->dev[i].kva || st->dev[i].note[0])
			continue;
		st->dev[i].gone = !st->driver_maybe;
		if (st->dev[i].gone)
			ofl_text_put(st->dev[i].note, sizeof(st->dev[i].note),
				 "driver is gone, its memory stayed: no driver drops references");
		else if (source == OFL_TYPES_NOWHERE)
			note_layout(st, st->dev[i].note,
				    sizeof(st->dev[i].note));
		else
			ofl_text_put(st->dev[i].note, sizeof(st->dev[i].note),
				 "no device found for this region");
	}
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct ofl_vmem *st = calloc(1, sizeof(*st));
	struct ofl_types ty;
	enum ofl_types_source source;

	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, NO_MEMORY);
	*state = st;
	st->env = env;
	st->page_bytes = env->l->page_bytes;
	st->block_bytes = env->l->sections_per_block * env->l->section_pages *
			  env->l->page_bytes;
	st->tree_known = !ofl_iomem_walk(env->t, env->l, find_regions, st);
	walk_chain(st, false);
	if (!st->nr && !st->driver_maybe)
		return OFL_OK;	/* no region, no driver: no types needed */
	ofl_types_open(env->t, env->l, "virtio_mem", "virtio_mem",
		       env->types, &ty);
	st->source = source = ty.source;
	if (ofl_vmem_load_layout(st, &ty))
		walk_chain(st, true);
	ofl_types_close(&ty);
	note_missing(st, source);
	return st->no_memory ? ofl_fail(err, OFL_ERR_NOMEM, NO_MEMORY) : OFL_OK;
}

static void free_state(void *state)
{
	struct ofl_vmem *st = state;
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		free(st->dev[i].map);
	free(st->dev);
	free(st);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct ofl_vmem *st = state;

	(void)env;
	return !st->tree_known ?
	       "virtio_mem: the iomem tree cannot be walked" : st->unnamed ?
	       "virtio_mem: a name in the iomem tree cannot be read" : NULL;
}

/* a device with memory has a region that the iomem tree names */
static bool unlisted(const void *state, struct ofl_text *text)
{
	const struct ofl_vmem *st = state;
	const struct ofl_chain *chain = st->env->chain;

	if (!chain->known || chain->cut) {
		ofl_text_add(text, "a device without memory may not be listed: memory_chain cannot be read to its end");
		return true;
	}
	/* of a region that is listed it is said that its types lack */
	if (st->nr_called <= st->nr ||
	    (st->nr && st->source == OFL_TYPES_NOWHERE))
		return false;
	ofl_text_add(text, "a device without memory is not listed: ");
	if (st->source == OFL_TYPES_NOWHERE)
		say_layout(st, text);
	else
		ofl_text_add(text, "its struct cannot be read");
	return true;
}

static unsigned int devices(const void *state)
{
	const struct ofl_vmem *st = state;

	return st->nr;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct ofl_vmem *st = state;
	const struct ofl_vmem_device *d = &st->dev[device];

	ofl_text_put(ret->name, sizeof(ret->name), "%s", d->name);
	ofl_text_put(ret->note, sizeof(ret->note), "%s", d->note);
	ret->kva = d->kva;
	ret->gone = d->gone;
	if (!d->kva && st->driver_maybe && !st->driver_here)
		ret->lost = "whether a region of virtio_mem has a device is not known";
	if (!d->kva && st->driver_maybe && st->source == OFL_TYPES_NOWHERE)
		ret->module = "virtio_mem";
}

/* the next place where a region begins or ends */
static uint64_t next_edge(const struct ofl_vmem *st, uint64_t pa)
{
	uint64_t edge, next = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		edge = pa < st->dev[i].start_pa ? st->dev[i].start_pa :
						  st->dev[i].end_pa;
		if (pa < edge && edge < next)
			next = edge;
	}
	return next;
}

/* up to where everything that claim() asks is the same */
static uint64_t claim_end(const struct ofl_vmem *st,
			  const struct ofl_vmem_device *d, uint64_t pa)
{
	uint64_t end = next_edge(st, pa), unit;

	if (d && d->records) {
		unit = (pa / d->unit_bytes + 1) * d->unit_bytes;
		if (unit < end)
			end = unit;
	}
	return end / st->page_bytes;
}

/*
 * A page that only lies in the region: virtio_mem_fake_offline() leaves neither
 * movable operations nor page.private, so with one of them it is another
 * driver's, and a balloon has to be able to have said so.
 */
static bool by_region(const struct ofl_vmem *st, const struct ofl_owner_page *p,
		      struct ofl_claim *ret)
{
	ret->weak = true;
	if (p->movable_ops || p->private)
		return false;
	if (!st->driver_here) {
		ret->blind = "virtio_mem: a driver of the region may be there or gone";
		return false;
	}
	if (!ofl_fact_known(st->env->l, OFL_F_PAGE_PRIVATE)) {
		ret->blind = "virtio_mem: neither its records nor page.private are known";
		return false;
	}
	return true;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	const struct ofl_vmem *st = state;
	uint64_t pa = p->pfn * st->page_bytes;
	bool gone = false;
	unsigned int i;

	ret->end_pfn = claim_end(st, NULL, pa);
	for (i = 0; i < st->nr; i++) {
		const struct ofl_vmem_device *d = &st->dev[i];

		if (pa < d->start_pa || pa >= d->end_pa)
			continue;
		if (!d->kva && !st->driver_maybe)
			return false;	/* the driver left: an orphan */
		ret->end_pfn = claim_end(st, d, pa);
		ret->device = i;
		ret->evidence = OFL_EV_RANGE;
		ret->mgo = OFL_MGO_ASSUMED;
		if (!d->records || !ofl_vmem_unplugged(st, d, pa, &gone)) {
			ret->stray = d->records;
			return by_region(st, p, ret);
		}
		if (!gone && p->movable_ops)
			return false;	/* a balloon took it from plugged memory */
		ret->weak = !gone;
		/*
		 * virtio_mem_memory_notifier_cb() refuses while removing, and
		 * virtio_mem_fake_offline_going_offline() drops references.
		 */
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
	const struct ofl_vmem *st = state;
	uint64_t pa = pfn * st->page_bytes;
	bool gone = false;
	unsigned int i;

	ret->end_pfn = claim_end(st, NULL, pa);
	for (i = 0; i < st->nr; i++) {
		const struct ofl_vmem_device *d = &st->dev[i];

		if (pa < d->start_pa || pa >= d->end_pa)
			continue;
		if (claim_end(st, d, pa) < ret->end_pfn)
			ret->end_pfn = claim_end(st, d, pa);
		if (!d->records || !ofl_vmem_unplugged(st, d, pa, &gone) ||
		    !gone)
			continue;
		ret->device = i;
		ret->evidence = OFL_EV_BITMAP;
		ret->mgo = OFL_MGO_DROPS;
		return true;
	}
	return false;
}

static bool is_called(const void *state, uint64_t nb_kva)
{
	const struct ofl_vmem *st = state;
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (st->dev[i].kva && nb_kva == st->dev[i].kva +
		    st->at[OFL_VMEM_NOTIFIER].offset_bytes)
			return true;
	return false;
}

/*
 * virtio_mem_memory_notifier_cb(): while its device is being removed, a block
 * of the region, plugged or not. A driver that left its memory is not called.
 */
static enum ofl_refusal refuses(const void *state, uint64_t start_pfn,
				uint64_t pages)
{
	const struct ofl_vmem *st = state;
	uint64_t start_pa = start_pfn * st->page_bytes;
	enum ofl_refusal says = OFL_REFUSES_NOT;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		const struct ofl_vmem_device *d = &st->dev[i];

		if (start_pa >= d->end_pa ||
		    start_pa + pages * st->page_bytes <= d->start_pa)
			continue;
		if (d->removing)
			return OFL_REFUSES;
		if (!d->removing_known && (d->kva || st->driver_maybe))
			says = OFL_REFUSES_MAYBE;
	}
	return says;
}

static bool added(const void *state, unsigned int nr, struct ofl_added *ret)
{
	const struct ofl_vmem *st = state;

	if (nr >= st->nr)
		return false;
	ret->device = nr;
	ret->start_pa = st->dev[nr].start_pa;
	ret->end_pa = st->dev[nr].end_pa;
	if (!st->dev[nr].kva && !st->driver_maybe)
		ret->never = "its driver is gone: nothing unplugs it before a reboot";
	return true;
}

static const char *wants(const void *state)
{
	const struct ofl_vmem *st = state;

	return !st->nr || !st->driver_maybe || st->source != OFL_TYPES_NOWHERE ?
	       NULL : "virtio_mem";
}

const struct ofl_owner_ops ofl_owner_virtio_mem = {
	.name = "virtio_mem",
	.mark = 'm',
	/* of kernels that do not skip PageOffline: its notifier does not help */
	.next = "give the guest this memory back on the host (a higher requested-size), then offline the block",
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.wants = wants,
	.unlisted = unlisted,
	.devices = devices,
	.device = device,
	.claim = claim,
	.is_called = is_called,
	.refuses = refuses,
	.account = ofl_vmem_account,
	.at_work = ofl_vmem_at_work,
	.expects = expects,
	.added = added,
	.shrinking = ofl_vmem_shrinking,
	.keeps = ofl_vmem_keeps,
};
