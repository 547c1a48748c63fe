// SPDX-License-Identifier: GPL-2.0-or-later
/* iomem.c - walk iomem_resource */
#include <stdlib.h>
#include <string.h>

#include "kernel/iomem.h"
#include "target/count.h"

#define MAX_RESOURCES	1000000	/* a longer tree has a loop in it */

static bool known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_IOMEM, OFL_F_RES_START, OFL_F_RES_END, OFL_F_RES_NAME,
		OFL_F_RES_FLAGS, OFL_F_RES_SIBLING, OFL_F_RES_CHILD,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

static bool get(const struct ofl_target *t, const struct ofl_layout *l,
		uint64_t kva, enum ofl_fact_id member, uint64_t *ret)
{
	return ofl_fact_read_u64(t, l, kva, member, ret);
}

/** struct space - where the next sibling has to lie; all ends are included */
struct space {
	uint64_t lo_pa, last_pa;
};

/*
 * __request_resource(): siblings ascend inside of their parent. So a damaged
 * tree cannot be walked in circles.
 */
static bool read_res(const struct ofl_target *t, const struct ofl_layout *l,
		     uint64_t kva, const struct space *s, struct ofl_res *r)
{
	uint64_t name_kva;

	r->kva = kva;
	r->name[0] = '\0';
	if (!get(t, l, kva, OFL_F_RES_START, &r->start_pa) ||
	    !get(t, l, kva, OFL_F_RES_END, &r->last_pa) ||
	    r->start_pa < s->lo_pa || r->last_pa > s->last_pa ||
	    r->last_pa < r->start_pa ||
	    !get(t, l, kva, OFL_F_RES_FLAGS, &r->flags) ||
	    !get(t, l, kva, OFL_F_RES_NAME, &name_kva) ||
	    (!r->flags && !name_kva))	/* zeros: not in the dump */
		return false;
	/* the name of a removed module's resource is gone with the module */
	if (name_kva && !ofl_read_str(t, name_kva, r->name, sizeof(r->name)))
		r->name[0] = '\0';
	return true;
}

enum ofl_status ofl_iomem_walk(const struct ofl_target *t,
			       const struct ofl_layout *l,
			       enum ofl_status (*visit)(void *arg,
						const struct ofl_res *r),
			       void *arg)
{
	uint64_t next[OFL_IOMEM_DEPTH], parent[OFL_IOMEM_DEPTH];
	struct space space[OFL_IOMEM_DEPTH] = { { 0, UINT64_MAX } };
	enum ofl_status st;
	struct ofl_res r;
	unsigned int seen = 0;
	uint64_t flags;
	int depth = 0;

	if (!known(l))
		return OFL_ERR_NODATA;
	parent[0] = ofl_fact_u64(l, OFL_F_IOMEM);
	/* iomem_resource has flags: zeros are not in the dump */
	if (!get(t, l, parent[0], OFL_F_RES_CHILD, &next[0]) ||
	    (!next[0] && (!get(t, l, parent[0], OFL_F_RES_FLAGS, &flags) ||
			  !flags)))
		return OFL_ERR_CORRUPT;
	while (depth >= 0) {
		uint64_t kva = next[depth];

		if (!kva) {
			depth--;
			continue;
		}
		if (++seen > MAX_RESOURCES ||
		    !read_res(t, l, kva, &space[depth], &r) ||
		    !get(t, l, kva, OFL_F_RES_SIBLING, &next[depth]))
			return OFL_ERR_CORRUPT;
		space[depth].lo_pa = r.last_pa + 1;
		/* nothing fits behind the end of all addresses */
		if (r.last_pa == UINT64_MAX && next[depth])
			return OFL_ERR_CORRUPT;
		r.depth = depth;
		r.parent_kva = parent[depth];
		st = visit(arg, &r);
		if (st)
			return st;
		if (depth + 1 == OFL_IOMEM_DEPTH ||
		    !get(t, l, kva, OFL_F_RES_CHILD, &next[depth + 1]))
			return OFL_ERR_CORRUPT;
		parent[++depth] = kva;
		space[depth] = (struct space){ r.start_pa, r.last_pa };
	}
	return OFL_OK;
}

/** struct collect - busy RAM being gathered */
struct collect {
	struct ofl_ram *ram;
	uint64_t page_bytes;
	uint64_t done_pa;	/* everything below is gathered */
};

/* walk_system_ram_range(): the first match wins, then on behind its end */
static enum ofl_status collect_ram(void *arg, const struct ofl_res *r)
{
	const uint64_t busy_ram = OFL_IORES_MEM | OFL_IORES_SYSRAM |
				  OFL_IORES_BUSY;
	struct collect *c = arg;
	struct ofl_ram_span *more;
	uint64_t from = r->start_pa, start_pfn, end_pfn;

	if ((r->flags & busy_ram) != busy_ram)
		return OFL_OK;
	if (from < c->done_pa)
		from = c->done_pa;
	start_pfn = (from + c->page_bytes - 1) / c->page_bytes;
	end_pfn = (r->last_pa + 1) / c->page_bytes;
	if (r->last_pa < from || start_pfn >= end_pfn)
		return OFL_OK;
	c->done_pa = r->last_pa + 1;
	more = realloc(c->ram->span, (c->ram->nr + 1) * sizeof(*more));
	if (!more)
		return OFL_ERR_NOMEM;
	c->ram->span = more;
	more[c->ram->nr++] = (struct ofl_ram_span){ start_pfn, end_pfn };
	return OFL_OK;
}

enum ofl_status ofl_ram_load(const struct ofl_target *t,
			     const struct ofl_layout *l, struct ofl_ram *ram,
			     struct ofl_err *err)
{
	struct collect c = { .ram = ram, .page_bytes = l->page_bytes };
	enum ofl_status st;

	memset(ram, 0, sizeof(*ram));
	st = ofl_iomem_walk(t, l, collect_ram, &c);
	if (st == OFL_ERR_NOMEM)
		return ofl_fail(err, st, "no memory for the iomem tree");
	/* without the tree, holes in blocks are not known: no error */
	ram->known = st == OFL_OK;
	return OFL_OK;
}

void ofl_ram_free(struct ofl_ram *ram)
{
	free(ram->span);
	memset(ram, 0, sizeof(*ram));
}

uint64_t ofl_ram_pages(const struct ofl_ram *ram, uint64_t start_pfn,
		       uint64_t end_pfn)
{
	uint64_t pages = 0, from, to;
	size_t i;

	for (i = 0; i < ram->nr; i++) {
		from = ram->span[i].start_pfn > start_pfn ?
		       ram->span[i].start_pfn : start_pfn;
		to = ram->span[i].end_pfn < end_pfn ?
		     ram->span[i].end_pfn : end_pfn;
		if (from < to)
			pages += to - from;
	}
	return pages;
}

bool ofl_ram_hole(const struct ofl_ram *ram, uint64_t start_pfn,
		  uint64_t end_pfn, struct ofl_ram_span *ret)
{
	uint64_t at = start_pfn, next = end_pfn;
	size_t i;

	for (i = 0; i < ram->nr && next == end_pfn; i++) {
		if (ram->span[i].end_pfn <= at)
			continue;
		if (ram->span[i].start_pfn > at)
			next = ram->span[i].start_pfn;
		else
			at = ram->span[i].end_pfn;
	}
	if (next > end_pfn)
		next = end_pfn;
	*ret = (struct ofl_ram_span){ at, next };
	return at < next;
}
