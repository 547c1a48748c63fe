// SPDX-License-Identifier: GPL-2.0-or-later
/* block.c - read memory blocks */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/block.h"
#include "kernel/bus.h"
#include "kernel/section.h"
#include "kernel/xarray.h"
#include "target/count.h"

/* start_section_nr, state, and as far as dev.kobj.name: never all zeros */
#define BLOCK_HEAD_BYTES	64

/** struct walk - state of one walk */
struct walk {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	enum ofl_status (*visit)(void *arg, const struct ofl_block *b);
	void *arg;
	uint64_t *lost;
};

const char *ofl_block_state_text(enum ofl_block_state state)
{
	static const char *const text[OFL_NR_BLOCK_STATES] = {
		[OFL_BLOCK_ONLINE] = "online",
		[OFL_BLOCK_GOING_OFFLINE] = "going-offline",
		[OFL_BLOCK_OFFLINE] = "offline",
		[OFL_BLOCK_OTHER] = "other",
	};

	return text[state];
}

/* what either way needs */
static bool members_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_BLOCK_START_SECTION, OFL_F_BLOCK_STATE,
		OFL_F_BLOCK_STATE_BYTES, OFL_F_SECTIONS_PER_BLOCK,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

bool ofl_blocks_indexed(const struct ofl_layout *l)
{
	return members_known(l) && ofl_fact_known(l, OFL_F_MEMORY_BLOCKS) &&
	       ofl_xarray_known(l);
}

static bool on_bus(const struct ofl_layout *l)
{
	return members_known(l) && ofl_fact_known(l, OFL_F_BLOCK_DEV) &&
	       ofl_bus_known(l);
}

bool ofl_blocks_known(const struct ofl_layout *l)
{
	return ofl_blocks_indexed(l) || on_bus(l);
}

static enum ofl_block_state decode_state(const struct ofl_layout *l, int64_t raw)
{
	if (raw == l->fact[OFL_F_MEM_ONLINE].value)
		return OFL_BLOCK_ONLINE;
	if (raw == l->fact[OFL_F_MEM_GOING_OFFLINE].value)
		return OFL_BLOCK_GOING_OFFLINE;
	if (raw == l->fact[OFL_F_MEM_OFFLINE].value)
		return OFL_BLOCK_OFFLINE;
	return OFL_BLOCK_OTHER;
}

/* the state is an enum of 4 bytes, or an unsigned long: ask for its size */
static bool read_state(const struct walk *w, uint64_t kva, int64_t *ret)
{
	const struct ofl_member state = {
		.offset_bytes = ofl_fact_u64(w->l, OFL_F_BLOCK_STATE),
		.size_bytes = ofl_fact_u64(w->l, OFL_F_BLOCK_STATE_BYTES),
	};
	uint64_t v;

	if (!ofl_read_member(w->t, kva, &state, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

bool ofl_blocks_memmap_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_BLOCK_ALTMAP) ||
	       ofl_fact_known(l, OFL_F_BLOCK_VMEMMAP_PAGES) ||
	       ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE);
}

bool ofl_blocks_zone_by_pages(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_PAGES_IN_A_ZONE) ||
	       ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE) ||
	       ofl_fact_known(l, OFL_F_SECTION_REMOVABLE) ||
	       ofl_fact_known(l, OFL_F_ISOLATE_CHAIN);
}

bool ofl_blocks_zone_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_BLOCK_ZONE) ||
	       ofl_blocks_zone_by_pages(l);
}

/* a member that this kernel does not have is 0; one that cannot be read is not */
static uint64_t member(const struct walk *w, uint64_t kva, enum ofl_fact_id id,
		       struct ofl_block *b)
{
	uint64_t v = 0;

	if (ofl_fact_known(w->l, id) &&
	    !ofl_fact_read_u64(w->t, w->l, kva, id, &v))
		b->unread = true;
	return v;
}

/* memory_block_offline(): a count of the block, later in its vmem_altmap */
static uint64_t memmap_pages(const struct walk *w, struct ofl_block *b)
{
	uint64_t altmap = member(w, b->kva, OFL_F_BLOCK_ALTMAP, b);

	if (!altmap)
		return member(w, b->kva, OFL_F_BLOCK_VMEMMAP_PAGES, b);
	if (!ofl_fact_known(w->l, OFL_F_ALTMAP_FREE))
		b->unread = true;
	return member(w, altmap, OFL_F_ALTMAP_FREE, b);
}

static void read_more(const struct walk *w, struct ofl_block *b)
{
	uint32_t nid;

	b->zone_kva = member(w, b->kva, OFL_F_BLOCK_ZONE, b);
	b->group_kva = member(w, b->kva, OFL_F_BLOCK_GROUP, b);
	b->memmap_pages = memmap_pages(w, b);
	b->poison_unread = ofl_fact_known(w->l, OFL_F_BLOCK_HWPOISON) &&
			   !ofl_fact_read_u64(w->t, w->l, b->kva,
					      OFL_F_BLOCK_HWPOISON,
					      &b->poisoned);
	if (ofl_fact_read_u32(w->t, w->l, b->kva, OFL_F_BLOCK_NID, &nid))
		b->nid = (int)nid;
}

/* zeros of a page that is not in the dump; a part that lacks is no loss here */
static bool is_blank(const struct walk *w, uint64_t kva)
{
	struct ofl_target uncounted = *w->t;
	uint64_t at, v;

	uncounted.missed = NULL;
	for (at = 0; at < BLOCK_HEAD_BYTES; at += sizeof(v))
		if (!ofl_read_u64(&uncounted, kva + at, &v) || v)
			return false;
	return true;
}

/* false: it cannot be read, or contradicts the number that it is known by */
static bool read_block(const struct walk *w, uint64_t kva, uint64_t nr,
		       struct ofl_block *b)
{
	const struct ofl_layout *l = w->l;

	*b = (struct ofl_block){ .kva = kva, .nr = nr, .nid = -1 };
	if (!ofl_fact_read_u64(w->t, l, kva, OFL_F_BLOCK_START_SECTION,
			       &b->start_section_nr) ||
	    b->start_section_nr >= l->nr_sections ||
	    b->start_section_nr / l->sections_per_block != nr ||
	    !read_state(w, kva, &b->raw_state))
		return false;
	b->state = decode_state(l, b->raw_state);
	if (!b->raw_state && (b->state == OFL_BLOCK_OTHER || is_blank(w, kva)))
		return false;
	read_more(w, b);
	return true;
}

/* all that is known of it is its number, and that should be one of a block */
static enum ofl_status visit_lost(struct walk *w, uint64_t nr)
{
	const struct ofl_layout *l = w->l;
	const struct ofl_block b = {
		.nr = nr, .nid = -1, .state = OFL_BLOCK_OTHER, .lost = true,
		.start_section_nr = nr * l->sections_per_block,
	};

	++*w->lost;
	return nr < l->nr_sections / l->sections_per_block ?
	       w->visit(w->arg, &b) : OFL_OK;
}

/* find_memory_block_by_id() */
static enum ofl_status visit_entry(void *arg, uint64_t kva, uint64_t index)
{
	struct walk *w = arg;
	struct ofl_block b;

	if (read_block(w, kva, index, &b))
		return w->visit(w->arg, &b);
	return visit_lost(w, index);
}

/* memory_dev_init(), register_memory(): "memory7" on the bus "memory" */
static bool device_number(const char *name, uint64_t *ret)
{
	static const char prefix[] = "memory";
	const char *digits = name + sizeof(prefix) - 1;
	char *end;

	if (strncmp(name, prefix, sizeof(prefix) - 1) || *digits < '0' ||
	    *digits > '9')
		return false;
	*ret = strtoull(digits, &end, 10);
	return !*end;
}

static enum ofl_status visit_device(void *arg, const struct ofl_bus_device *d)
{
	struct walk *w = arg;
	struct ofl_block b;
	uint64_t nr;

	if (!device_number(d->name, &nr)) {
		++*w->lost;
		return OFL_OK;
	}
	if (read_block(w, d->kva - ofl_fact_u64(w->l, OFL_F_BLOCK_DEV), nr, &b))
		return w->visit(w->arg, &b);
	return visit_lost(w, nr);
}

static enum ofl_status append(struct ofl_block **block, size_t *nr,
			      const struct ofl_block *b)
{
	struct ofl_block *more;

	/* powers of two: one realloc for as many blocks as there are already */
	if (!(*nr & (*nr - 1))) {
		more = realloc(*block, (*nr ? *nr * 2 : 1) * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		*block = more;
	}
	(*block)[(*nr)++] = *b;
	return OFL_OK;
}

static enum ofl_status collect(void *arg, const struct ofl_block *b)
{
	struct ofl_blocks *all = arg;
	enum ofl_status st = append(&all->every, &all->nr_every, b);

	return st || b->lost ? st : append(&all->block, &all->nr, b);
}

static int compare_blocks(const void *a, const void *b)
{
	const struct ofl_block *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->lost - y->lost;	/* what can be read comes first */
}

/* a damaged list comes by a device twice; -> how many there are */
static size_t in_order(struct ofl_block *block, size_t nr)
{
	size_t i, kept = 0;

	if (nr)
		qsort(block, nr, sizeof(*block), compare_blocks);
	for (i = 0; i < nr; i++)
		if (!kept || block[kept - 1].nr != block[i].nr)
			block[kept++] = block[i];
	return kept;
}

/** struct counted - hands blocks on until there is no memory for them */
struct counted {
	struct ofl_blocks *all;
	enum ofl_status st;
};

static enum ofl_status collect_counted(void *arg, const struct ofl_block *b)
{
	struct counted *c = arg;

	c->st = collect(c->all, b);
	return c->st;
}

/*
 * Blocks as devices: they come in the order in which they were registered. What
 * the walk does not come to is one loss: how many they are is not known.
 */
static enum ofl_status load_from_bus(const struct ofl_target *t,
				     const struct ofl_layout *l,
				     struct ofl_blocks *ret)
{
	struct counted c = { .all = ret };
	struct walk w = {
		.t = t, .l = l, .visit = collect_counted, .arg = &c,
		.lost = &ret->lost,
	};
	size_t nr;

	memset(ret, 0, sizeof(*ret));
	if (ofl_bus_walk(t, l, "memory", visit_device, &w) != OFL_BUS_WHOLE &&
	    !c.st)
		ret->lost++;
	nr = ret->nr;
	ret->nr = in_order(ret->block, nr);
	ret->lost += nr - ret->nr;
	ret->nr_every = in_order(ret->every, ret->nr_every);
	return c.st;
}

static enum ofl_status walk_bus(const struct ofl_target *t,
				const struct ofl_layout *l,
				enum ofl_status (*visit)(void *arg,
						const struct ofl_block *b),
				void *arg, uint64_t *lost)
{
	struct ofl_blocks all;
	enum ofl_status st = load_from_bus(t, l, &all);
	size_t i;

	/* no such bus here, or a dump that has nothing of it */
	if (!st && !all.nr)
		st = OFL_ERR_NODATA;
	for (i = 0; i < all.nr_every && !st; i++)
		st = visit(arg, &all.every[i]);
	*lost = all.lost;
	ofl_blocks_free(&all);
	return st;
}

enum ofl_status ofl_blocks_walk(const struct ofl_target *t,
				const struct ofl_layout *l,
				enum ofl_status (*visit)(void *arg,
						const struct ofl_block *b),
				void *arg, uint64_t *lost)
{
	struct walk w = {
		.t = t, .l = l, .visit = visit, .arg = arg, .lost = lost,
	};

	*lost = 0;
	if (!ofl_blocks_known(l))
		return OFL_ERR_NODATA;
	if (!ofl_blocks_indexed(l))
		return walk_bus(t, l, visit, arg, lost);
	return ofl_xarray_walk(t, l,
			       ofl_fact_u64(l, OFL_F_MEMORY_BLOCKS),
			       visit_entry, &w, lost);
}

static enum ofl_status differ(const struct ofl_block *has, const char *one,
			      const char *other, struct ofl_err *err)
{
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"memory blocks: %s has memory%" PRIu64 " at 0x%" PRIx64
		", %s has not", one, has->nr, has->kva, other);
}

/*
 * The index and the bus have the same blocks. Which of them is to be believed
 * is not known where they differ; where the bus cannot be walked to its end
 * (a dump may lack it) the index stands alone.
 */
static enum ofl_status compare(const struct ofl_target *t,
			       const struct ofl_layout *l,
			       struct ofl_blocks *index, struct ofl_err *err)
{
	static const char by_index[] = "the index memory_blocks";
	static const char by_bus[] = "the bus \"memory\"";
	const struct ofl_block *a, *b;
	struct ofl_blocks bus;
	enum ofl_status st = load_from_bus(t, l, &bus);
	size_t i;

	index->alone = bus.lost;
	for (i = 0; !st && !bus.lost; i++) {
		a = i < index->nr ? &index->block[i] : NULL;
		b = i < bus.nr ? &bus.block[i] : NULL;
		if (!a && !b)
			break;
		if (a && b && a->nr == b->nr && a->kva == b->kva)
			continue;
		st = !b || (a && a->nr <= b->nr) ?
		     differ(a, by_index, by_bus, err) :
		     differ(b, by_bus, by_index, err);
	}
	ofl_blocks_free(&bus);
	return st;
}

enum ofl_status ofl_blocks_load(const struct ofl_target *t,
				const struct ofl_layout *l,
				struct ofl_blocks *ret, struct ofl_err *err)
{
	struct ofl_target uncounted = *t;
	enum ofl_status st;

	memset(ret, 0, sizeof(*ret));
	st = ofl_blocks_walk(t, l, collect, ret, &ret->lost);
	if (st == OFL_ERR_NODATA)
		return ofl_fail(err, st,
			"memory blocks are not known here: no index memory_blocks, and no devices on the bus \"memory\" (no CONFIG_MEMORY_HOTPLUG, or not in the dump)");
	/* a second opinion: nothing is missed where it cannot be had */
	uncounted.missed = NULL;
	ret->alone = ofl_blocks_indexed(l);
	if (!st && !ret->lost && ret->alone && on_bus(l))
		st = compare(&uncounted, l, ret, err);
	if (st == OFL_ERR_NOMEM)
		return ofl_fail(err, st, "no memory for the memory blocks");
	return st;
}

void ofl_blocks_free(struct ofl_blocks *b)
{
	free(b->block);
	free(b->every);
	memset(b, 0, sizeof(*b));
}

const struct ofl_block *ofl_blocks_find(const struct ofl_blocks *b, uint64_t nr)
{
	size_t lo = 0, hi = b ? b->nr : 0, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (b->block[mid].nr == nr)
			return &b->block[mid];
		if (b->block[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/** struct seen - a block, and what its sections are */
struct seen {
	uint64_t nr;
	enum ofl_block_state state;
	bool any, online;	/* of its sections */
};

/** struct check - blocks that reach into a range, held against their sections */
struct check {
	const struct ofl_layout *l;
	struct ofl_block_totals *ret;
	uint64_t lo_pfn, hi_pfn;
	struct seen *block;	/* owned; ascending */
	size_t nr, room;
	size_t at;		/* of the section in work, or the next one */
};

static enum ofl_status note_block(void *arg, const struct ofl_block *b)
{
	struct check *c = arg;
	uint64_t pages = c->l->sections_per_block * c->l->section_pages;
	uint64_t pfn = b->nr * pages;
	struct seen *more;

	if (b->lost)
		return OFL_OK;	/* counted by the walk */
	c->ret->state[b->state]++;
	if (pfn >= c->hi_pfn || pfn + pages <= c->lo_pfn)
		return OFL_OK;
	if (c->nr == c->room) {
		more = realloc(c->block, (c->room * 2 + 64) * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		c->block = more;
		c->room = c->room * 2 + 64;
	}
	c->block[c->nr++] = (struct seen){ .nr = b->nr, .state = b->state };
	return OFL_OK;
}

static enum ofl_status note_section(void *arg, const struct ofl_section *s)
{
	struct check *c = arg;
	uint64_t nr = s->nr / c->l->sections_per_block;
	size_t i;

	while (c->at < c->nr && c->block[c->at].nr < nr)
		c->at++;
	/* a damaged index has one twice */
	for (i = c->at; i < c->nr && c->block[i].nr == nr; i++) {
		c->block[i].any = true;
		c->block[i].online |= s->online;
		if (s->online && s->start_pfn < c->hi_pfn &&
		    s->start_pfn + c->l->section_pages > c->lo_pfn)
			c->ret->online_sections++;
	}
	return OFL_OK;
}

static void check_block(const struct seen *b, struct ofl_block_totals *ret)
{
	if (!b->any && b->state != OFL_BLOCK_OFFLINE)
		ret->missing++;
	/* while a block changes its state, either is right */
	else if (b->state == OFL_BLOCK_OTHER ||
		 b->state == OFL_BLOCK_GOING_OFFLINE ||
		 b->online == (b->state == OFL_BLOCK_ONLINE))
		return;
	if (!ret->disagree++)
		ret->first_disagree_nr = b->nr;
}

static int by_number(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return (x->nr > y->nr) - (x->nr < y->nr);
}

/* all their sections in one walk: each root of mem_section is read once */
static void check_sections(const struct ofl_target *t, struct check *c)
{
	uint64_t pages = c->l->sections_per_block * c->l->section_pages;
	struct ofl_section_stats stats;
	size_t i;

	if (!c->nr)
		return;
	qsort(c->block, c->nr, sizeof(*c->block), by_number);
	ofl_section_walk(t, c->l, c->block[0].nr * pages,
			 (c->block[c->nr - 1].nr + 1) * pages, note_section, c,
			 &stats);
	for (i = 0; i < c->nr; i++)
		check_block(&c->block[i], c->ret);
}

void ofl_blocks_count(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t lo_pfn, uint64_t hi_pfn,
		      struct ofl_block_totals *ret)
{
	struct check c = {
		.l = l, .ret = ret, .lo_pfn = lo_pfn, .hi_pfn = hi_pfn,
	};

	memset(ret, 0, sizeof(*ret));
	ret->known = !ofl_blocks_walk(t, l, note_block, &c, &ret->lost);
	if (ret->known)
		check_sections(t, &c);
	else
		ret->lost = 0;
	free(c.block);
}
