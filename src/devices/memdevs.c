// SPDX-License-Identifier: GPL-2.0-or-later
/* memdevs.c - memory devices, collected and looked up */
#include <stdlib.h>
#include <string.h>

#include "devices/memdevs.h"
#include "kernel/section.h"

/* ---- adding ---- */

/* room for one more, of @most; false: there is none, and @d says why */
static bool grow(struct ofl_memdevs *d, const struct ofl_memdev_kind *kind,
		 void **array, size_t nr, size_t *max, size_t most,
		 size_t bytes)
{
	size_t want = *max ? *max * 2 : 16;
	void *more;

	if (nr < *max)
		return true;
	if (want > most) {
		ofl_memdevs_missing(d, kind);
		return false;
	}
	more = realloc(*array, want * bytes);
	d->no_memory |= !more;
	if (!more)
		return false;
	*array = more;
	*max = want;
	return true;
}

void ofl_memdevs_missing(struct ofl_memdevs *d,
			 const struct ofl_memdev_kind *kind)
{
	if (!d->missing)
		d->missing = kind->name;
}

/* index of the first sorted span that ends behind @pa */
static size_t first_behind(const struct ofl_memdevs *d, uint64_t pa)
{
	size_t lo = 0, hi = d->sorted, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (d->span[mid].end_pa > pa)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* -> how many bytes of it do kinds before have? */
static uint64_t taken(const struct ofl_memdevs *d, uint64_t start_pa,
		      uint64_t end_pa)
{
	uint64_t from, to, bytes = 0;
	size_t i;

	for (i = first_behind(d, start_pa);
	     i < d->sorted && d->span[i].start_pa < end_pa; i++) {
		from = d->span[i].start_pa > start_pa ? d->span[i].start_pa :
							start_pa;
		to = d->span[i].end_pa < end_pa ? d->span[i].end_pa : end_pa;
		bytes += to - from;
	}
	return bytes;
}

static struct ofl_memdev *find_device(const struct ofl_memdevs *d,
				      const struct ofl_memdev_kind *kind,
				      const char *name)
{
	size_t i = d->nr;

	while (i-- && d->device[i].kind == kind)
		if (!strcmp(d->device[i].name, name))
			return &d->device[i];
	return NULL;
}

static struct ofl_memdev *new_device(struct ofl_memdevs *d,
				     const struct ofl_memdev_kind *kind,
				     const char *name, uint64_t start_pa)
{
	struct ofl_memdev *dev;

	if (!grow(d, kind, (void **)&d->device, d->nr, &d->max,
		  OFL_MAX_MEMDEVS, sizeof(*d->device)))
		return NULL;
	dev = &d->device[d->nr++];
	*dev = (struct ofl_memdev){ .kind = kind, .start_pa = start_pa,
				     .never = kind->never };
	memcpy(dev->name, name, sizeof(dev->name));
	return dev;
}

static bool add_span(struct ofl_memdevs *d, uint32_t device, uint64_t start_pa,
		     uint64_t end_pa)
{
	struct ofl_memdev_span *last = d->nr_spans > d->sorted ?
				       &d->span[d->nr_spans - 1] : NULL;
	struct ofl_memdev *dev = &d->device[device];

	if (last && last->device == device && last->end_pa == start_pa) {
		last->end_pa = end_pa;
	} else {
		if (!grow(d, dev->kind, (void **)&d->span, d->nr_spans,
			  &d->max_spans, OFL_MAX_MEMDEV_SPANS,
			  sizeof(*d->span)))
			return false;
		d->span[d->nr_spans++] = (struct ofl_memdev_span){
			start_pa, end_pa, device };
		dev->ranges++;
	}
	if (start_pa < dev->start_pa)
		dev->start_pa = start_pa;
	if (end_pa > dev->end_pa)
		dev->end_pa = end_pa;
	dev->bytes += end_pa - start_pa;
	return true;
}

struct ofl_memdev *ofl_memdevs_add(struct ofl_memdevs *d,
				   const struct ofl_memdev_kind *kind,
				   const char *name, bool anew,
				   uint64_t start_pa, uint64_t end_pa)
{
	char escaped[sizeof(d->boot.name)] = "";
	struct ofl_text text = ofl_text_over(escaped, sizeof(escaped));
	struct ofl_memdev *dev;
	uint64_t other;

	ofl_text_escaped(&text, name);
	if (!escaped[0] || start_pa >= end_pa)
		return NULL;
	other = taken(d, start_pa, end_pa);
	/* a block may lie in a device and beside it */
	if (other && other != end_pa - start_pa && !kind->rest)
		ofl_memdevs_missing(d, kind);
	if (other)
		return NULL;
	dev = anew ? NULL : find_device(d, kind, escaped);
	if (!dev)
		dev = new_device(d, kind, escaped, start_pa);
	if (!dev || !add_span(d, (uint32_t)(dev - d->device), start_pa, end_pa))
		return NULL;
	return dev;
}

bool ofl_memdevs_added(struct ofl_memdevs *d,
		       const struct ofl_memdev_kind *kind,
		       const struct ofl_owner_ops *driver)
{
	const struct ofl_owners *o = d->env->owners;
	struct ofl_added added;
	struct ofl_device shown;
	struct ofl_memdev *dev;
	unsigned int nr;
	size_t i;

	for (i = 0; ofl_owner_table[i] && ofl_owner_table[i] != driver; i++)
		;
	if (!o || !ofl_owner_table[i] || !o->state[i])
		return true;
	for (nr = 0; ; nr++) {
		added = (struct ofl_added){ .device = 0 };
		if (!driver->added(o->state[i], nr, &added))
			break;
		ofl_owner_show(o, i, added.device, &shown);
		dev = ofl_memdevs_add(d, kind, shown.name[0] ? shown.name :
				      driver->name, false, added.start_pa,
				      added.end_pa);
		if (dev && added.never)
			dev->never = added.never;
	}
	return !o->why[i];
}

void ofl_memdevs_free(struct ofl_memdevs *d)
{
	free(d->device);
	free(d->span);
	d->device = NULL;
	d->span = NULL;
	d->nr = d->nr_spans = d->sorted = 0;
}

/* ---- whose a block is ---- */

/** struct early - what the sections of a block say */
struct early {
	bool any, all;
};

static enum ofl_status see_section(void *arg, const struct ofl_section *s)
{
	struct early *e = arg;

	e->all = (!e->any || e->all) && s->early && !s->corrupt;
	e->any = true;
	return OFL_OK;
}

/* mem_section says so since it has usage; before, the bit is nobody's */
static bool is_early(const struct ofl_memdevs *d, uint64_t start_pfn,
		     uint64_t pages)
{
	const struct ofl_layout *l = d->env->l;
	struct ofl_section_stats stats;
	struct early e = { .any = false };

	if (!ofl_fact_known(l, OFL_F_SECTION_USAGE))
		return false;
	ofl_section_walk(&d->t, l, start_pfn, start_pfn + pages, see_section,
			 &e, &stats);
	return e.any && e.all && !stats.unreadable;
}

const struct ofl_memdev *ofl_memdevs_of_block(const struct ofl_memdevs *d,
					      const struct ofl_block *b)
{
	const struct ofl_layout *l = d->env->l;
	uint64_t pages = l->sections_per_block * l->section_pages;
	uint64_t start = b->nr * pages * l->page_bytes;
	uint64_t end = start + pages * l->page_bytes;
	const struct ofl_memdev *dev = NULL, *also;
	size_t i;

	for (i = first_behind(d, start);
	     i < d->sorted && d->span[i].start_pa < end; i++) {
		also = &d->device[d->span[i].device];
		if (dev && dev != also)
			return NULL;
		dev = also;
	}
	if (dev)
		return dev;
	return is_early(d, b->nr * pages, pages) ? &d->boot : NULL;
}
