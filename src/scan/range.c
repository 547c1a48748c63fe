// SPDX-License-Identifier: GPL-2.0-or-later
/* range.c - merge pages into runs */
#include "scan/range.h"

static bool same_node(const struct ofl_run *a, const struct ofl_run *b)
{
	if (!a->zone || !b->zone)
		return a->zone == b->zone;
	return a->zone->node == b->zone->node;
}

static bool same_zone(const struct ofl_run *a, const struct ofl_run *b)
{
	if (!a->zone || !b->zone)
		return a->zone == b->zone;
	return a->zone->type == b->zone->type;
}

static bool is_mergeable(const struct ofl_merger *m, const struct ofl_run *next)
{
	const struct ofl_run *run = &m->run;

	if (run->start_pfn + run->pages != next->start_pfn)
		return false;
	if (run->why != next->why || run->online != next->online)
		return false;
	if ((m->split & OFL_SPLIT_REFCOUNT) && run->refcount != next->refcount)
		return false;
	if ((m->split & OFL_SPLIT_FLAGS) && run->flags != next->flags)
		return false;
	if ((m->split & OFL_SPLIT_NODE) && !same_node(run, next))
		return false;
	if ((m->split & OFL_SPLIT_ZONE) && !same_zone(run, next))
		return false;
	if ((m->split & OFL_SPLIT_SECTION) &&
	    run->section_nr != next->section_nr)
		return false;
	if ((m->split & OFL_SPLIT_OWNER) &&
	    (run->owner != next->owner || run->device != next->device))
		return false;
	return true;
}

enum ofl_status ofl_merger_flush(struct ofl_merger *m)
{
	enum ofl_status st = OFL_OK;

	if (m->run.pages) {
		st = m->emit(m->arg, &m->run);
		m->runs++;
	}
	m->run.pages = 0;
	return st;
}

static enum ofl_status add(struct ofl_merger *m, const struct ofl_run *next)
{
	enum ofl_status st = OFL_OK;

	if (m->run.pages && is_mergeable(m, next)) {
		m->run.pages += next->pages;
		return OFL_OK;
	}
	st = ofl_merger_flush(m);
	m->run = *next;
	return st;
}

static enum ofl_status add_pages(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages)
{
	struct ofl_merger *m = arg;
	struct ofl_run next = {
		.start_pfn = p->pfn, .online = s->online,
		.refcount = p->refcount,
		.flags = p->flags & m->l->pageflags_mask,
		.zone = p->zone, .section_nr = s->nr,
	};
	enum ofl_status st = OFL_OK;
	struct ofl_page at = *p;

	if (!s->online && !m->stale)
		return OFL_OK;
	for (; pages && !st; pages -= next.pages) {
		next.start_pfn = at.pfn;
		next.pages = pages;
		if (!m->identify || m->identify(m->arg, s, &at, &next))
			st = add(m, &next);
		at.pfn += next.pages;
	}
	return st;
}

static enum ofl_status add_hole(void *arg, const struct ofl_section *s,
				const struct ofl_hole *h)
{
	struct ofl_merger *m = arg;
	struct ofl_run next = {
		.start_pfn = h->start_pfn, .pages = h->pages, .why = h->why,
		.online = s->online, .section_nr = s->nr,
	};

	return m->unknown ? add(m, &next) : OFL_OK;
}

struct ofl_sink ofl_merger_sink(struct ofl_merger *m)
{
	return (struct ofl_sink){ .offline = add_pages, .unknown = add_hole,
				  .arg = m };
}
