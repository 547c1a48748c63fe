// SPDX-License-Identifier: GPL-2.0-or-later
/* block.c - read memory blocks */
#include <stdlib.h>
#include <string.h>

#include "kernel/block.h"
#include "kernel/section.h"
#include "kernel/xarray.h"

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

bool ofl_blocks_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_MEMORY_BLOCKS, OFL_F_BLOCK_START_SECTION,
		OFL_F_BLOCK_STATE, OFL_F_BLOCK_STATE_BYTES,
		OFL_F_SECTIONS_PER_BLOCK,
	};
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!ofl_fact_known(l, needed[i]))
			return false;
	return ofl_xarray_known(l);
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
	uint64_t at = kva + (uint64_t)w->l->fact[OFL_F_BLOCK_STATE].value;
	uint64_t wide;
	uint32_t narrow;

	if (w->l->fact[OFL_F_BLOCK_STATE_BYTES].value == 4) {
		if (!ofl_read_u32(w->t, at, &narrow))
			return false;
		*ret = narrow;
		return true;
	}
	if (!ofl_read_u64(w->t, at, &wide))
		return false;
	*ret = (int64_t)wide;
	return true;
}

bool ofl_blocks_memmap_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_BLOCK_ALTMAP) ||
	       ofl_fact_known(l, OFL_F_BLOCK_VMEMMAP_PAGES) ||
	       ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE);
}

/* a member that this kernel does not have is 0; one that cannot be read is not */
static uint64_t member(const struct walk *w, uint64_t kva, enum ofl_fact_id id,
		       struct ofl_block *b)
{
	uint64_t v = 0;

	if (ofl_fact_known(w->l, id) &&
	    !ofl_read_u64(w->t, kva + (uint64_t)w->l->fact[id].value, &v))
		b->unread = true;
	return v;
}

/* memmap_on_memory: a count of the block, later in its vmem_altmap */
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
	b->memmap_pages = memmap_pages(w, b);
	if (ofl_fact_known(w->l, OFL_F_BLOCK_NID) &&
	    ofl_read_u32(w->t, b->kva +
			 (uint64_t)w->l->fact[OFL_F_BLOCK_NID].value, &nid))
		b->nid = (int)nid;
}

/* @index is its number by its place in the tree, which it has to confirm */
static enum ofl_status visit_block(void *arg, uint64_t kva, uint64_t index)
{
	struct walk *w = arg;
	const struct ofl_layout *l = w->l;
	struct ofl_block b = { .kva = kva, .nid = -1 };

	if (!ofl_read_u64(w->t, kva +
			  (uint64_t)l->fact[OFL_F_BLOCK_START_SECTION].value,
			  &b.start_section_nr) ||
	    b.start_section_nr >= l->nr_sections ||
	    b.start_section_nr / l->sections_per_block != index ||
	    !read_state(w, kva, &b.raw_state)) {
		++*w->lost;
		return OFL_OK;
	}
	b.nr = index;
	b.state = decode_state(l, b.raw_state);
	read_more(w, &b);
	return w->visit(w->arg, &b);
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
	return ofl_xarray_walk(t, l,
			       (uint64_t)l->fact[OFL_F_MEMORY_BLOCKS].value,
			       visit_block, &w, lost);
}

static enum ofl_status collect(void *arg, const struct ofl_block *b)
{
	struct ofl_blocks *all = arg;
	struct ofl_block *more;

	/* powers of two: one realloc for as many blocks as there are already */
	if (!(all->nr & (all->nr - 1))) {
		more = realloc(all->block, (all->nr ? all->nr * 2 : 1) *
			       sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		all->block = more;
	}
	all->block[all->nr++] = *b;
	return OFL_OK;
}

enum ofl_status ofl_blocks_load(const struct ofl_target *t,
				const struct ofl_layout *l,
				struct ofl_blocks *ret, struct ofl_err *err)
{
	enum ofl_status st;

	memset(ret, 0, sizeof(*ret));
	st = ofl_blocks_walk(t, l, collect, ret, &ret->lost);
	if (st == OFL_ERR_NODATA)
		return ofl_fail(err, st, "no index of memory blocks");
	if (st)
		return ofl_fail(err, st, "no memory for the memory blocks");
	return OFL_OK;
}

void ofl_blocks_free(struct ofl_blocks *b)
{
	free(b->block);
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

/** struct check - a block held against its sections */
struct check {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	struct ofl_block_totals *ret;
	uint64_t lo_pfn, hi_pfn;
	bool any, online;	/* of its sections */
};

static enum ofl_status note_online(void *arg, const struct ofl_section *s)
{
	struct check *c = arg;

	c->any = true;
	c->online |= s->online;
	return OFL_OK;
}

static enum ofl_status count_block(void *arg, const struct ofl_block *b)
{
	struct check *c = arg;
	struct ofl_section_stats stats;
	uint64_t pages = c->l->sections_per_block * c->l->section_pages;
	uint64_t pfn = b->nr * pages;

	c->ret->state[b->state]++;
	if (pfn >= c->hi_pfn || pfn + pages <= c->lo_pfn)
		return OFL_OK;
	c->any = c->online = false;
	ofl_section_walk(c->t, c->l, pfn, pfn + pages, note_online, c, &stats);
	if (!c->any && b->state != OFL_BLOCK_OFFLINE)
		c->ret->missing++;
	/* while a block changes its state, either is right */
	else if (b->state == OFL_BLOCK_OTHER ||
		 b->state == OFL_BLOCK_GOING_OFFLINE ||
		 c->online == (b->state == OFL_BLOCK_ONLINE))
		return OFL_OK;
	if (!c->ret->disagree++)
		c->ret->first_disagree_nr = b->nr;
	return OFL_OK;
}

void ofl_blocks_count(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t lo_pfn, uint64_t hi_pfn,
		      struct ofl_block_totals *ret)
{
	struct check c = {
		.t = t, .l = l, .ret = ret, .lo_pfn = lo_pfn, .hi_pfn = hi_pfn,
	};

	memset(ret, 0, sizeof(*ret));
	ret->known = ofl_blocks_known(l);
	if (ret->known)
		ofl_blocks_walk(t, l, count_block, &c, &ret->lost);
}
