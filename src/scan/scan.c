// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scan.c - one pass over the memmap
 *
 * Sections give spans of pfns, spans are looked at through windows of up to
 * 2 MiB of struct pages (image.c), and what cannot hold an offline page is
 * passed over unread (skip.c).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scan/recall.h"
#include "scan/skip.h"
#include "scan/workers.h"

#define MAX_SINKS	3	/* with more nothing is kept for later */

/** struct scan - state of one pass */
struct scan {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_filter *f;
	const struct ofl_scan_request *req;
	const struct ofl_sink *sinks;
	size_t nr_sinks;
	bool want_known;		/* a sink looks at every page */
	struct ofl_scan_result *r;

	const struct ofl_section *s;	/* the section in work */
	uint64_t slab_mask;		/* PG_slab where it is a page flag, or 0 */
	uint64_t reserved_mask;		/* PG_reserved */
	int64_t off_private;		/* -1: this dump does not tell */
	struct ofl_page run;		/* like pages not yet handed out ... */
	uint64_t run_pages;		/* ... so many; they come before the hole */
	struct ofl_hole hole;		/* unknown pages not yet handed out */

	struct ofl_image image;
	const unsigned char *looked_end;	/* the window is there up to here */
	struct ofl_skipper skipper;
	bool every_page;
	uint64_t skip_end_pfn;		/* skipping would go on from here */

	struct ofl_crew *crew;		/* NULL: this process does it all */
	unsigned int nr_workers;
	uint64_t told_pfn;		/* sinks know what a lost worker saw before */
	struct ofl_teller *teller;	/* in a worker: the way to the parent */
	uint64_t index;			/* of the next section to be read ... */
	uint64_t mine;			/* ... and of the one that is taken */
	bool only_mine;			/* the walk ends with that ... */
	bool helped;			/* ... and it was told of */

	struct ofl_recall *recall;	/* NULL: every section is to be read */
	struct ofl_count *zone_of_one;	/* of the section that is to be kept */
	struct ofl_count *zone_of_mine;	/* of the one that is taken */
	uint64_t to_read;		/* sections that are not kept yet */
};

static enum ofl_status flush_run(struct scan *sc)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; sc->run_pages && i < sc->nr_sinks && !st; i++)
		if (sc->sinks[i].offline)
			st = sc->sinks[i].offline(sc->sinks[i].arg, sc->s,
						  &sc->run, sc->run_pages);
	sc->run_pages = 0;
	return st;
}

static enum ofl_status flush_hole(struct scan *sc)
{
	enum ofl_status st = flush_run(sc);
	size_t i;

	if (sc->hole.start_pfn < sc->told_pfn)
		sc->hole.pages = 0;
	for (i = 0; sc->hole.pages && i < sc->nr_sinks && !st; i++)
		if (sc->sinks[i].unknown)
			st = sc->sinks[i].unknown(sc->sinks[i].arg, sc->s,
						  &sc->hole);
	sc->hole.pages = 0;
	return st;
}

static enum ofl_status add_unknown(struct scan *sc, uint64_t pfn,
				   uint64_t pages, enum ofl_unknown why)
{
	enum ofl_status st = OFL_OK;

	if (!sc->s->online && !sc->s->corrupt) {
		/* zeros and ones are usual in a memmap that nobody initialised */
		if (why == OFL_UNKNOWN_EXCLUDED || why == OFL_UNKNOWN_UNREADABLE)
			sc->r->stale_unread += pages;
		return OFL_OK;
	}
	sc->r->total.scanned += pages;
	sc->r->total.unknown += pages;
	sc->r->unknown[why] += pages;
	if (sc->hole.pages && (sc->hole.why != why ||
			       sc->hole.start_pfn + sc->hole.pages != pfn))
		st = flush_hole(sc);
	if (!sc->hole.pages)
		sc->hole = (struct ofl_hole){ .start_pfn = pfn, .why = why };
	sc->hole.pages += pages;
	return st;
}

static enum ofl_status add_known(struct scan *sc, const struct ofl_page *p,
				 const unsigned char *raw, bool offline)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	if (sc->hole.pages)
		st = flush_hole(sc);
	for (i = 0; i < sc->nr_sinks && !st; i++)
		if (sc->sinks[i].known)
			st = sc->sinks[i].known(sc->sinks[i].arg, sc->s, p, raw,
						sc->image.end, offline);
	return st;
}

static bool goes_on(const struct scan *sc, const struct ofl_page *p)
{
	const struct ofl_page *run = &sc->run;

	return sc->run_pages && p->pfn == run->pfn + sc->run_pages &&
	       ofl_page_alike(run, p);
}

static enum ofl_status add_offline(struct scan *sc, const struct ofl_page *p)
{
	enum ofl_status st;

	if (p->pfn < sc->told_pfn)
		return OFL_OK;
	if (goes_on(sc, p)) {
		sc->run_pages++;
		return OFL_OK;
	}
	st = flush_run(sc);
	sc->run = *p;
	sc->run_pages = 1;
	/* whoever is told of every page is told of it right behind that */
	return st || !sc->want_known ? st : flush_run(sc);
}

/* why nothing can be said of the struct page at @raw, if so */
static enum ofl_unknown unknown_why(struct scan *sc, const unsigned char *raw)
{
	uint64_t bytes = sc->l->struct_page_bytes, flags;
	enum ofl_unknown why;

	if (raw + bytes > sc->looked_end) {
		why = ofl_image_look(&sc->image, raw, bytes);
		if (why)
			return why;
		sc->looked_end = ofl_image_page_end(&sc->image, raw + bytes - 1);
	}
	memcpy(&flags, raw + sc->l->off_flags, sizeof(flags));
	if (flags == UINT64_MAX)
		return OFL_UNKNOWN_POISONED;
	if (!flags && !raw[0] && !memcmp(raw, raw + 1, bytes - 1))
		return OFL_UNKNOWN_ZERO;
	return OFL_UNKNOWN_NOT;
}

static bool is_offline(const struct scan *sc, const unsigned char *raw,
		       const struct ofl_page *p)
{
	uint64_t compound;

	if (!ofl_pagetype_is(&sc->l->offline, p->type) ||
	    (p->flags & sc->slab_mask))
		return false;
	/* no producer makes compound offline pages: a tail only looks alike */
	memcpy(&compound, raw + sc->l->off_compound, sizeof(compound));
	return !(compound & 1);
}

static void decode(const struct scan *sc, const unsigned char *raw,
		   uint64_t pfn, struct ofl_page *p)
{
	p->pfn = pfn;
	memcpy(&p->flags, raw + sc->l->off_flags, sizeof(p->flags));
	memcpy(&p->type, raw + sc->l->off_type, sizeof(p->type));
	memcpy(&p->refcount, raw + sc->l->off_refcount, sizeof(p->refcount));
	p->zone = ofl_zone_of(sc->n, p->flags);
}

/* what listeners want to know of offline pages besides */
static void decode_offline(const struct scan *sc, const unsigned char *raw,
			   struct ofl_page *p)
{
	p->private = 0;
	if (sc->off_private >= 0)
		memcpy(&p->private, raw + sc->off_private, sizeof(p->private));
	p->movable_ops = ofl_page_movable_ops(sc->l, raw);
}

/* the memmap of a section that is not online is not kept: look for marks only */
static enum ofl_status stale_page(struct scan *sc, const unsigned char *raw,
				  struct ofl_page *p)
{
	bool all = sc->f->node < 0 && !sc->f->zone[0];

	if (!is_offline(sc, raw, p) ||
	    !(p->zone ? ofl_filter_wants_zone(sc->f, p->zone) : all))
		return OFL_OK;
	sc->r->stale++;
	decode_offline(sc, raw, p);
	return add_offline(sc, p);
}

/*
 * The kernel itself leaves reserved pages in zone MAX_NR_ZONES: memory that
 * memblock has reserved and no zone spans, with deferred initialisation
 * (init_reserved_page(), __init_page_from_nid() in v7.2). The ACPI tables of
 * every guest of the lab are such. Any other page without zone is damaged.
 */
static enum ofl_status page_without_zone(struct scan *sc,
					 const unsigned char *raw,
					 const struct ofl_page *p)
{
	if (!(p->flags & sc->reserved_mask) ||
	    ofl_pagetype_is(&sc->l->offline, p->type))
		return add_unknown(sc, p->pfn, 1, OFL_UNKNOWN_BAD_ZONE);
	if (sc->f->node >= 0 || sc->f->zone[0])
		return OFL_OK;
	sc->r->total.scanned++;
	sc->r->no_zone++;
	return sc->want_known ? add_known(sc, p, raw, false) : OFL_OK;
}

static void note_hidden(struct scan *sc, const struct ofl_page *p)
{
	if (p->pfn < sc->skip_end_pfn && !sc->r->hidden++)
		sc->r->hidden_pfn = p->pfn;
}

static enum ofl_status online_page(struct scan *sc, const unsigned char *raw,
				   struct ofl_page *p)
{
	enum ofl_status st = OFL_OK;
	struct ofl_count *zone;
	bool offline;

	if (ofl_flags_are_device(sc->n, p->flags)) {
		sc->r->device++;
		return OFL_OK;
	}
	if (!p->zone)
		return page_without_zone(sc, raw, p);
	if (!ofl_filter_wants_zone(sc->f, p->zone))
		return OFL_OK;
	zone = &sc->r->zone[p->zone - sc->n->zone];
	sc->r->total.scanned++;
	zone->scanned++;
	offline = is_offline(sc, raw, p);
	if (offline)
		decode_offline(sc, raw, p);
	if (sc->want_known)
		st = add_known(sc, p, raw, offline);
	if (!offline || st)
		return st;
	sc->r->total.offline++;
	zone->offline++;
	note_hidden(sc, p);
	if (sc->hole.pages)
		st = flush_hole(sc);
	return st ? st : add_offline(sc, p);
}

/*
 * How far to go from a page that was looked at. Whoever looks at every page
 * goes on by one, and remembers where skipping would have led.
 */
static uint64_t step(struct scan *sc, const unsigned char *raw,
		     const struct ofl_page *p, uint64_t most)
{
	uint64_t n;

	if (!sc->s->online || p->pfn < sc->skip_end_pfn)
		return 1;
	n = ofl_skip(&sc->skipper, &sc->image, raw, p->pfn, most);
	if (n == 1 || !sc->every_page) {
		if (n > 1 && p->zone && ofl_filter_wants_zone(sc->f, p->zone)) {
			sc->r->total.scanned += n - 1;
			sc->r->zone[p->zone - sc->n->zone].scanned += n - 1;
		}
		return n;
	}
	sc->skip_end_pfn = p->pfn + n;
	return 1;
}

/* the window, with the struct pages from @pfn on */
static const unsigned char *move_window(struct scan *sc, uint64_t pfn,
					uint64_t pages)
{
	uint64_t bytes = sc->l->struct_page_bytes;

	sc->looked_end = NULL;
	return ofl_image_move(&sc->image, sc->s->memmap_kva +
			      (pfn - sc->s->start_pfn) * bytes, pages * bytes);
}

/* [pfn, pfn + pages) is populated and fits the window */
static enum ofl_status scan_window(struct scan *sc, uint64_t pfn,
				   uint64_t pages)
{
	uint64_t bytes = sc->l->struct_page_bytes, i, n;
	const unsigned char *raw;
	enum ofl_status st = OFL_OK;
	struct ofl_page p;

	raw = move_window(sc, pfn, pages);
	/* whoever sees every page may look ahead */
	for (i = 0; sc->want_known && i < pages; i++)
		ofl_image_look(&sc->image, raw + i * bytes, bytes);
	for (i = 0; i < pages && !st; i += n, raw += n * bytes) {
		enum ofl_unknown why = unknown_why(sc, raw);

		n = 1;
		if (why) {
			st = add_unknown(sc, pfn + i, 1, why);
			continue;
		}
		decode(sc, raw, pfn + i, &p);
		st = sc->s->online ? online_page(sc, raw, &p) :
				     stale_page(sc, raw, &p);
		n = step(sc, raw, &p, pages - i);
	}
	return st;
}

/* from @pfn, how many pages are alike: populated, or not */
static uint64_t alike(const struct scan *sc, uint64_t pfn, uint64_t end,
		      bool *populated)
{
	uint64_t step = (1ull << OFL_SUBSECTION_SHIFT) / sc->l->page_bytes;
	uint64_t at = pfn;

	*populated = ofl_section_populated(sc->l, sc->s, pfn);
	do
		at = (at / step + 1) * step;
	while (at < end &&
	       ofl_section_populated(sc->l, sc->s, at) == *populated);
	return (at < end ? at : end) - pfn;
}

/*
 * A part that subsection_map leaves out. Sections of boot memory have a memmap
 * there too, of reserved pages (init_unavailable_range()): a page that is in
 * use shows that the map is damaged.
 */
static enum ofl_status scan_gap(struct scan *sc, uint64_t pfn, uint64_t pages)
{
	const unsigned char *raw;
	struct ofl_page p;

	if (!sc->s->online || !sc->reserved_mask)
		return OFL_OK;
	raw = move_window(sc, pfn, 1);
	if (unknown_why(sc, raw))
		return OFL_OK;
	decode(sc, raw, pfn, &p);
	if (!p.zone || (p.flags & sc->reserved_mask))
		return OFL_OK;
	return add_unknown(sc, pfn, pages, OFL_UNKNOWN_BAD_SECTION);
}

static enum ofl_status scan_span(struct scan *sc, uint64_t pfn, uint64_t end)
{
	uint64_t most = OFL_IMAGE_BYTES / sc->l->struct_page_bytes;
	uint64_t part = (1ull << OFL_SUBSECTION_SHIFT) / sc->l->page_bytes;
	enum ofl_status st = OFL_OK;
	bool populated;
	uint64_t n;

	while (pfn < end && !st) {
		n = alike(sc, pfn, end, &populated);
		if (n > most - pfn % most)
			n = most - pfn % most;
		if (!populated && n > part - pfn % part)
			n = part - pfn % part;
		st = populated ? scan_window(sc, pfn, n) : scan_gap(sc, pfn, n);
		pfn += n;
	}
	return st;
}

/* zones shrink when memory goes offline: spans say nothing of stale pages */
static bool is_wanted(const struct scan *sc, const struct ofl_section *s)
{
	return !s->online ||
	       ofl_filter_wants_span(sc->f, sc->n, s->start_pfn,
				     s->start_pfn + sc->l->section_pages);
}

static uint64_t section_end(const struct scan *sc, const struct ofl_section *s)
{
	uint64_t end = s->start_pfn + sc->l->section_pages;

	return end < sc->f->hi_pfn ? end : sc->f->hi_pfn;
}

/* a section, by this process */
static enum ofl_status look_at(struct scan *sc, const struct ofl_section *s)
{
	uint64_t pfn = s->start_pfn, end = section_end(sc, s);
	enum ofl_status st;

	sc->s = s;
	if (pfn < sc->f->lo_pfn)
		pfn = sc->f->lo_pfn;
	if (s->corrupt)
		st = add_unknown(sc, pfn, end - pfn, OFL_UNKNOWN_BAD_SECTION);
	else
		st = scan_span(sc, pfn, end);
	if (!st)
		st = flush_hole(sc);
	sc->r->memmap_pages += sc->image.read_pages;
	sc->image.read_pages = 0;
	return st;
}

/* a section, by a worker; what a lost worker did not tell is looked at here */
static enum ofl_status hear_of(struct scan *sc, const struct ofl_section *s)
{
	enum ofl_status st;

	if (!ofl_crew_replay(sc->crew, s, section_end(sc, s), sc->sinks,
			     sc->nr_sinks, sc->r, &sc->told_pfn, &st))
		st = look_at(sc, s);
	sc->index++;
	return st;
}

static bool is_whole(const struct scan *sc, const struct ofl_section *s)
{
	return s->start_pfn >= sc->f->lo_pfn &&
	       s->start_pfn + sc->l->section_pages <= sc->f->hi_pfn;
}

/* the section as an earlier scan saw it; NULL: it has to be read */
static const struct ofl_recalled *recalled(const struct scan *sc,
					   const struct ofl_section *s)
{
	if (!sc->recall || !s->online || !is_whole(sc, s))
		return NULL;
	return ofl_recall_find(sc->recall, s->nr);
}

static enum ofl_status say_again(struct scan *sc, const struct ofl_section *s,
				 const struct ofl_recalled *found)
{
	struct ofl_recalled part = *found;

	if (!ofl_filter_wants_zone(sc->f, &sc->n->zone[found->zone])) {
		sc->r->sections_recalled++;
		return OFL_OK;
	}
	if (sc->f->node >= 0 || sc->f->zone[0])
		part.no_zone = 0;	/* see page_without_zone() */
	return ofl_recall_say(sc->recall, &part, s, sc->n, sc->sinks,
			      sc->nr_sinks, sc->r);
}

static enum ofl_status read_section(struct scan *sc, const struct ofl_section *s)
{
	return sc->crew ? hear_of(sc, s) : look_at(sc, s);
}

/* count it by itself and listen in, so that the next scan can be told of it */
static enum ofl_status read_and_keep(struct scan *sc,
				     const struct ofl_section *s)
{
	const struct ofl_sink *sinks = sc->sinks;
	struct ofl_sink with[MAX_SINKS + 1];
	struct ofl_scan_result *all = sc->r, one = { .zone = sc->zone_of_one };
	enum ofl_status st;

	if (sc->nr_sinks)
		memcpy(with, sinks, sc->nr_sinks * sizeof(*with));
	with[sc->nr_sinks] = ofl_recall_begin(sc->recall);
	memset(one.zone, 0, sc->n->nr_zones * sizeof(*one.zone));
	sc->r = &one;
	sc->sinks = with;
	sc->nr_sinks++;
	st = read_section(sc, s);
	sc->nr_sinks--;
	sc->sinks = sinks;
	sc->r = all;
	ofl_scan_result_add(all, &one, sc->n->nr_zones);
	if (st)
		ofl_recall_drop(sc->recall);
	else
		ofl_recall_end(sc->recall, s, &one, sc->n->nr_zones);
	return st;
}

/* a filter by node or zone does not see all of a section */
static bool can_be_kept(const struct scan *sc, const struct ofl_section *s)
{
	return sc->recall && s->online && is_whole(sc, s) &&
	       sc->f->node < 0 && !sc->f->zone[0];
}

static enum ofl_status visit(struct scan *sc, const struct ofl_section *s)
{
	const struct ofl_recalled *found = recalled(sc, s);

	if (found)
		return say_again(sc, s, found);
	return can_be_kept(sc, s) ? read_and_keep(sc, s) : read_section(sc, s);
}

static enum ofl_status scan_section(void *arg, const struct ofl_section *s)
{
	struct scan *sc = arg;
	enum ofl_status st;

	if (!is_wanted(sc, s))
		return OFL_OK;
	if (sc->t->ops->interrupted(sc->t->ctx)) {
		sc->r->interrupted = true;
		return OFL_ERR_INTERRUPTED;
	}
	st = visit(sc, s);
	sc->r->sections_done++;
	if (sc->t->ops->progress)
		sc->t->ops->progress(sc->t->ctx, sc->r->sections_done,
				     sc->r->sections_wanted);
	return st;
}

/*
 * Of two readers that disagree neither is to be believed: nothing that was
 * seen of the dump in this command is.
 */
static enum ofl_status check_readers(const struct scan *sc, struct ofl_err *err)
{
	enum ofl_status st = ofl_readers_agree(sc->t, err);

	/* also that of earlier commands, when this one does not use it */
	if (st && sc->req->recall)
		ofl_recall_free(sc->req->recall);
	return st;
}

static enum ofl_status tell_of(struct scan *sc, const struct ofl_section *s)
{
	enum ofl_status st = ofl_tell_begin(sc->teller, s);
	struct ofl_err err;

	if (!st)
		st = look_at(sc, s);
	/* the parent will look at this section itself, and find the same */
	if (!st)
		st = ofl_readers_agree(sc->t, &err);
	return st ? st : ofl_tell_section(sc->teller, s, sc->r);
}

/* the sections that are taken */
static enum ofl_status share_section(void *arg, const struct ofl_section *s)
{
	struct scan *sc = arg;
	enum ofl_status st;

	/* the parent keeps what it hears, but meets no section twice */
	if (!is_wanted(sc, s) || recalled(sc, s) || sc->index++ != sc->mine)
		return OFL_OK;
	if (sc->t->ops->interrupted(sc->t->ctx))
		return OFL_ERR_INTERRUPTED;
	st = tell_of(sc, s);
	if (sc->only_mine) {
		sc->helped = !st;
		return OFL_ERR_INTERRUPTED;
	}
	sc->mine = ofl_teller_take(sc->teller);
	return st;
}

/* a scan that tells of sections instead of calling sinks */
static void share(const struct scan *parent, struct ofl_count *zone,
		  struct ofl_sink *sink, struct ofl_scan_result *r,
		  struct ofl_teller *teller, struct scan *ret)
{
	*ret = *parent;
	*sink = ofl_teller_sink(teller);
	*r = (struct ofl_scan_result){ .zone = zone };
	ret->sinks = sink;
	ret->nr_sinks = 1;
	ret->r = r;
	ret->teller = teller;
}

/* all of a worker's life; it shares no memory with the parent */
static void work(void *arg, struct ofl_teller *teller)
{
	const struct scan *parent = arg;
	struct ofl_section_stats stats;
	struct ofl_scan_result r;
	struct ofl_sink sink;
	struct scan sc;

	share(parent, parent->zone_of_mine, &sink, &r, teller, &sc);
	sc.mine = ofl_teller_take(teller);
	ofl_section_walk(sc.t, sc.l, sc.f->lo_pfn, sc.f->hi_pfn, share_section,
			 &sc, &stats);
}

/* in the parent: one section, from @s on, whose index is parent->index */
static bool help(void *arg, const struct ofl_section *s, uint64_t number,
		 struct ofl_teller *teller)
{
	const struct scan *parent = arg;
	struct ofl_section_stats stats;
	struct ofl_scan_result r;
	struct ofl_sink sink;
	struct scan sc;

	share(parent, parent->zone_of_mine, &sink, &r, teller, &sc);
	sc.mine = number;
	sc.only_mine = true;
	ofl_section_walk(sc.t, sc.l, s->start_pfn, sc.f->hi_pfn, share_section,
			 &sc, &stats);
	return sc.helped;
}

static enum ofl_status count_section(void *arg, const struct ofl_section *s)
{
	struct scan *sc = arg;

	sc->r->sections_wanted += is_wanted(sc, s);
	sc->to_read += is_wanted(sc, s) && !recalled(sc, s);
	return OFL_OK;
}

static enum ofl_status scan_sections(struct scan *sc)
{
	const struct ofl_filter *f = sc->f;
	const struct ofl_crew_calls calls = { work, help };
	struct ofl_scan_result *r = sc->r;
	enum ofl_status st;

	ofl_section_walk(sc->t, sc->l, f->lo_pfn, f->hi_pfn, count_section, sc,
			 &r->sections);
	/* whoever looks at raw struct pages has to have them in this process */
	if (!sc->want_known)
		sc->nr_workers = ofl_workers_number(sc->t, sc->req->workers,
				sc->to_read * sc->l->section_pages);
	if (sc->nr_workers > sc->to_read)
		sc->nr_workers = (unsigned int)sc->to_read;
	if (sc->nr_workers > 1)
		sc->crew = ofl_crew_start(sc->t, sc->n, sc->nr_workers, &calls,
					  sc);
	st = ofl_section_walk(sc->t, sc->l, f->lo_pfn, f->hi_pfn, scan_section,
			      sc, &r->sections);
	ofl_crew_end(sc->crew);
	return st;
}

enum ofl_status ofl_scan(const struct ofl_target *t, const struct ofl_layout *l,
			 const struct ofl_nodes *n,
			 const struct ofl_scan_request *req,
			 const struct ofl_sink *sinks, size_t nr_sinks,
			 struct ofl_scan_result *r, struct ofl_err *err)
{
	struct scan sc = {
		.t = t, .l = l, .n = n, .f = req->filter, .req = req, .r = r,
		.sinks = sinks, .nr_sinks = nr_sinks,
		/* a page flag until 46df8e73a4a3 (in v6.10) made it a type */
		.slab_mask = ofl_pageflag_mask(l, "slab"),
		.reserved_mask = ofl_pageflag_mask(l, "reserved"),
		.off_private = ofl_fact_value(l, OFL_F_PAGE_PRIVATE, -1),
	};
	enum ofl_status st;
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < nr_sinks; i++)
		sc.want_known |= sinks[i].known != NULL;
	sc.every_page = sc.want_known || req->every_page;
	if (!sc.every_page && !t->live && nr_sinks <= MAX_SINKS)
		sc.recall = req->recall;
	ofl_skipper_init(&sc.skipper, l);
	r->zone = calloc(n->nr_zones, sizeof(*r->zone));
	sc.zone_of_one = calloc(2 * n->nr_zones, sizeof(*r->zone));
	if (!r->zone || !sc.zone_of_one) {
		free(sc.zone_of_one);
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	}
	sc.zone_of_mine = sc.zone_of_one + n->nr_zones;
	ofl_blocks_count(t, l, sc.f->lo_pfn, sc.f->hi_pfn, &r->blocks);
	st = ofl_image_init(&sc.image, t, l, err);
	if (!st) {
		st = scan_sections(&sc);
		ofl_image_free(&sc.image);
	}
	free(sc.zone_of_one);
	if (st == OFL_ERR_INTERRUPTED)
		st = OFL_OK;	/* what was found until then is worth showing */
	return st ? st : check_readers(&sc, err);
}

static void add_count(struct ofl_count *to, const struct ofl_count *from)
{
	to->scanned += from->scanned;
	to->offline += from->offline;
	to->unknown += from->unknown;
}

void ofl_scan_result_add(struct ofl_scan_result *to,
			 const struct ofl_scan_result *from, size_t nr_zones)
{
	size_t i;

	add_count(&to->total, &from->total);
	for (i = 0; i < nr_zones; i++)
		add_count(&to->zone[i], &from->zone[i]);
	for (i = 0; i < OFL_NR_UNKNOWN; i++)
		to->unknown[i] += from->unknown[i];
	to->stale += from->stale;
	to->stale_unread += from->stale_unread;
	to->no_zone += from->no_zone;
	to->device += from->device;
	if (!to->hidden)
		to->hidden_pfn = from->hidden_pfn;
	to->hidden += from->hidden;
	to->memmap_pages += from->memmap_pages;
}

void ofl_scan_result_free(struct ofl_scan_result *r)
{
	free(r->zone);
	memset(r, 0, sizeof(*r));
}
