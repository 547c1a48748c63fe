// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look.c - look at the struct pages of one section
 *
 * subsection_map gives spans of pfns, spans are looked at through windows of up
 * to 2 MiB of struct pages (image.c), and what cannot hold an offline page is
 * passed over unread (skip.c).
 */
#include "scan/look.h"

/** struct look - the section in work */
struct look {
	struct ofl_look *look;
	/* copied from it, as every page needs them */
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_filter *filter;
	const struct ofl_page_format *f;

	const struct ofl_section *s;
	const struct ofl_sinks *sinks;
	const struct ofl_sink *same;	/* the only one that gets known pages */
	uint64_t told_pfn;		/* the sinks know what lies before it */
	struct ofl_scan_result *r;

	struct ofl_page run;		/* like pages not yet handed out ... */
	uint64_t run_pages;		/* ... so many; they come before the hole */
	struct ofl_hole hole;		/* unknown pages not yet handed out */

	const unsigned char *looked_end;	/* the window is there up to here */
	/* the free block or compound page that was entered last */
	uint64_t whole_pfn, whole_end_pfn;
};

enum ofl_status ofl_look_init(struct ofl_look *lk, struct ofl_err *err)
{
	ofl_page_format_init(&lk->format, lk->l, lk->n);
	ofl_skipper_init(&lk->skipper, &lk->format);
	return ofl_image_init(&lk->image, lk->t, lk->l, lk->every_page, err);
}

void ofl_look_free(struct ofl_look *lk)
{
	ofl_image_free(&lk->image);
}

static enum ofl_status flush_run(struct look *lo)
{
	const struct ofl_sink *sink = lo->sinks->sink;
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; lo->run_pages && i < lo->sinks->nr && !st; i++)
		if (sink[i].offline)
			st = sink[i].offline(sink[i].arg, lo->s, &lo->run,
					     lo->run_pages);
	lo->run_pages = 0;
	return st;
}

static enum ofl_status flush_hole(struct look *lo)
{
	const struct ofl_sink *sink = lo->sinks->sink;
	enum ofl_status st = flush_run(lo);
	size_t i;

	if (lo->hole.start_pfn < lo->told_pfn)
		lo->hole.pages = 0;
	for (i = 0; lo->hole.pages && i < lo->sinks->nr && !st; i++)
		if (sink[i].unknown)
			st = sink[i].unknown(sink[i].arg, lo->s, &lo->hole);
	lo->hole.pages = 0;
	return st;
}

static void add_stale_unread(struct look *lo, uint64_t pfn, uint64_t pages)
{
	ofl_scan_result_first(&lo->r->stale_unread_pfn, lo->r->stale_unread, pfn);
	lo->r->stale_unread += pages;
}

static enum ofl_status add_unknown(struct look *lo, uint64_t pfn,
				   uint64_t pages, enum ofl_unknown why)
{
	enum ofl_status st = OFL_OK;

	if (!lo->s->online && !lo->s->corrupt) {
		/* zeros and ones are usual in a memmap without initialisation */
		if (why == OFL_UNKNOWN_EXCLUDED || why == OFL_UNKNOWN_UNREADABLE)
			add_stale_unread(lo, pfn, pages);
		return OFL_OK;
	}
	lo->r->total.scanned += pages;
	lo->r->total.unknown += pages;
	ofl_scan_result_first(&lo->r->unknown_pfn[why], lo->r->unknown[why], pfn);
	lo->r->unknown[why] += pages;
	if (lo->hole.pages && (lo->hole.why != why ||
			       lo->hole.start_pfn + lo->hole.pages != pfn))
		st = flush_hole(lo);
	if (!lo->hole.pages)
		lo->hole = (struct ofl_hole){ .start_pfn = pfn, .why = why };
	lo->hole.pages += pages;
	return st;
}

/* the memmap has been read from @raw on to here */
static const unsigned char *read_end(struct look *lo, const struct ofl_page *p,
				     const unsigned char *raw)
{
	struct ofl_image *img = &lo->look->image;
	uint64_t bytes = lo->l->struct_page_bytes;

	if (lo->look->every_page)
		return img->end;
	if ((p->flags & lo->f->head) && raw + 2 * bytes <= img->end) {
		ofl_image_look(img, raw, 2 * bytes);
		raw += bytes;
	}
	return ofl_image_page_end(img, raw + bytes - 1);
}

static enum ofl_status add_known(struct look *lo, const struct ofl_page *p,
				 uint64_t pages, const unsigned char *raw)
{
	const struct ofl_sink *sink = lo->sinks->sink;
	const unsigned char *raw_end = read_end(lo, p, raw);
	enum ofl_status st = OFL_OK;
	size_t i;

	if (lo->hole.pages || lo->run_pages)
		st = flush_hole(lo);
	for (i = 0; i < lo->sinks->nr && !st; i++)
		if (sink[i].known)
			st = sink[i].known(sink[i].arg, lo->s, p, pages, raw,
					   raw_end);
	return st;
}

static bool goes_on(const struct look *lo, const struct ofl_page *p)
{
	const struct ofl_page *run = &lo->run;

	return lo->run_pages && p->pfn == run->pfn + lo->run_pages &&
	       ofl_page_alike(run, p);
}

static enum ofl_status add_offline(struct look *lo, const struct ofl_page *p)
{
	enum ofl_status st;

	if (p->pfn < lo->told_pfn)
		return OFL_OK;
	if (goes_on(lo, p)) {
		lo->run_pages++;
		return OFL_OK;
	}
	st = flush_run(lo);
	lo->run = *p;
	lo->run_pages = 1;
	return st;
}

/* why nothing can be said of the struct page at @raw, if so */
static enum ofl_unknown unknown_why(struct look *lo, const unsigned char *raw)
{
	uint64_t bytes = lo->l->struct_page_bytes;
	enum ofl_unknown why;

	if (raw + bytes > lo->looked_end) {
		why = ofl_image_look(&lo->look->image, raw, bytes);
		if (why)
			return why;
		lo->looked_end = ofl_image_page_end(&lo->look->image,
						    raw + bytes - 1);
	}
	if (ofl_page_is_poisoned(lo->f, raw))
		return OFL_UNKNOWN_POISONED;
	if (ofl_page_is_zero(lo->f, raw))
		return OFL_UNKNOWN_ZERO;
	return OFL_UNKNOWN_NOT;
}

/* the memmap of a section that is not online is not kept: look for marks only */
static enum ofl_status stale_page(struct look *lo, const unsigned char *raw,
				  struct ofl_page *p)
{
	if (!ofl_page_is_offline(lo->f, raw) ||
	    !(p->zone ? ofl_filter_wants_zone(lo->filter, p->zone) :
			!ofl_filter_names_zone(lo->filter)))
		return OFL_OK;
	lo->r->stale++;
	ofl_page_decode_offline(lo->f, raw, p);
	return add_offline(lo, p);
}

/*
 * The kernel itself leaves reserved pages in zone MAX_NR_ZONES: memory that
 * memblock has reserved and no zone spans, with deferred initialisation
 * (init_reserved_page(), __init_page_from_nid() in v7.2). The ACPI tables of
 * every guest of the lab are such. Any other page without zone is damaged.
 */
static enum ofl_status page_without_zone(struct look *lo,
					 const unsigned char *raw,
					 const struct ofl_page *p)
{
	if (!(p->flags & lo->f->reserved) ||
	    ofl_page_is_marked_offline(lo->f, p->type))
		return add_unknown(lo, p->pfn, 1, OFL_UNKNOWN_BAD_ZONE);
	if (ofl_filter_names_zone(lo->filter))
		return OFL_OK;
	lo->r->total.scanned++;
	lo->r->no_zone++;
	return lo->look->want_known ? add_known(lo, p, 1, raw) : OFL_OK;
}

/* does iomem say that no RAM is there? what is not known of it is no hole */
static bool is_hole(struct ofl_look *lk, uint64_t pfn)
{
	const struct ofl_ram *ram;

	if (pfn >= lk->hole.start_pfn && pfn < lk->hole.end_pfn)
		return true;
	ram = lk->ram ? lk->ram(lk->ram_arg) : NULL;
	return ram && ram->known && !ofl_ram_pages(ram, pfn, pfn + 1) &&
	       ofl_ram_hole(ram, pfn, UINT64_MAX, &lk->hole);
}

/*
 * Nothing can be said of the page by its struct page. All ones is the state
 * before initialisation (page_init_poison(), CONFIG_DEBUG_VM). Kernels before
 * e822969cab48 in v5.6 leave it so behind the end of RAM.
 */
static enum ofl_status page_not_known(struct look *lo, uint64_t pfn,
				      enum ofl_unknown why)
{
	if (why != OFL_UNKNOWN_POISONED || !lo->s->online ||
	    !is_hole(lo->look, pfn))
		return add_unknown(lo, pfn, 1, why);
	if (ofl_filter_names_zone(lo->filter))
		return OFL_OK;
	lo->r->total.scanned++;
	lo->r->no_zone++;
	return OFL_OK;
}

static bool is_inside(const struct look *lo, uint64_t pfn)
{
	return pfn > lo->whole_pfn && pfn < lo->whole_end_pfn;
}

static void note_hidden(struct look *lo, const struct ofl_page *p)
{
	if (is_inside(lo, p->pfn) && !lo->r->hidden++)
		lo->r->hidden_pfn = p->pfn;
}

/* ZONE_DEVICE has a zone of its own only where such memory is */
static bool is_device(const struct look *lo, const struct ofl_page *p)
{
	return p->zone ? p->zone->type == lo->n->device_type :
			 ofl_flags_are_device(lo->n, p->flags);
}

static bool is_offline(const struct look *lo, const unsigned char *raw,
		       const struct ofl_page *p)
{
	return ofl_page_is_marked_offline(lo->f, p->type) &&
	       ofl_page_is_offline(lo->f, raw);
}

/* @pages: in  with those that are passed over */
static enum ofl_status online_page(struct look *lo, const unsigned char *raw,
				   struct ofl_page *p, uint64_t pages)
{
	enum ofl_status st = OFL_OK;
	struct ofl_count *zone;

	if (is_device(lo, p)) {
		lo->r->device += pages;
		return OFL_OK;
	}
	if (!p->zone)
		return page_without_zone(lo, raw, p);
	if (!ofl_filter_wants_zone(lo->filter, p->zone))
		return OFL_OK;
	zone = &lo->r->zone[p->zone - lo->n->zone];
	lo->r->total.scanned += pages;
	zone->scanned += pages;
	if (!is_offline(lo, raw, p))
		return lo->look->want_known ? add_known(lo, p, pages, raw) :
					      OFL_OK;
	ofl_page_decode_offline(lo->f, raw, p);
	lo->r->total.offline++;
	zone->offline++;
	note_hidden(lo, p);
	if (lo->hole.pages)
		st = flush_hole(lo);
	return st ? st : add_offline(lo, p);
}

/* as many as the sinks take at once; an offline head is not like its tails */
static uint64_t for_sinks(const struct look *lo, const unsigned char *raw,
			  const struct ofl_page *p, uint64_t n)
{
	const struct ofl_sink *sink = lo->sinks->sink;
	size_t i;

	if (is_offline(lo, raw, p))
		return 1;
	for (i = 0; i < lo->sinks->nr && n > 1; i++)
		if (sink[i].known)
			n = sink[i].span(sink[i].arg, lo->s, p, n);
	return n;
}

/*
 * How far to go from a page that was looked at. A scan of every page goes on by
 * one, and remembers where skipping would have gone on; one whose sinks do not
 * take a block as a whole goes on inside of it.
 */
static uint64_t step(struct look *lo, const unsigned char *raw,
		     const struct ofl_page *p, uint64_t most)
{
	uint64_t n;

	/* a page without zone may be damaged: it says nothing of others */
	if (!lo->s->online ||
	    (!p->zone && !ofl_flags_are_device(lo->n, p->flags)))
		return 1;
	if (!is_inside(lo, p->pfn)) {
		n = ofl_skip(&lo->look->skipper, &lo->look->image, raw, p->pfn,
			     most);
		lo->whole_pfn = p->pfn;
		lo->whole_end_pfn = p->pfn + n;
	}
	n = lo->whole_end_pfn - p->pfn;
	if (n > most)
		n = most;
	if (n == 1 || lo->look->every_page)
		return 1;
	return lo->look->want_known ? for_sinks(lo, raw, p, n) : n;
}

/*
 * Is it enough to compare a page with @p, which was looked at? Not where @p may
 * be the first of something, or says nothing by its flags.
 */
static bool has_like(const struct look *lo, const unsigned char *raw,
		     const struct ofl_page *p)
{
	return lo->s->online && p->flags && p->zone &&
	       p->zone->type != lo->n->device_type &&
	       !(p->flags & lo->f->head) && !ofl_page_is_free(lo->f, raw);
}

/*
 * How many struct pages behind @raw have its flags and its type? What is zero
 * or poisoned has not, nor a head, nor what lies in another zone.
 */
static uint64_t like_by_flags(const struct look *lo, const unsigned char *raw,
			      const struct ofl_page *p, uint64_t most)
{
	const struct ofl_page_format *f = lo->f;
	uint64_t bytes = lo->l->struct_page_bytes, n;

	for (n = 0; n < most; n++) {
		raw += bytes;
		if (ofl_page_flags(f, raw) != p->flags ||
		    ofl_page_type(f, raw) != p->type)
			break;
	}
	return n;
}

/* and have all that ofl_page_alike() compares, of offline pages? */
static uint64_t like_offline(const struct look *lo, const unsigned char *raw,
			     const struct ofl_page *p, uint64_t most)
{
	const struct ofl_page_format *f = lo->f;
	uint64_t bytes = lo->l->struct_page_bytes, n;
	uint64_t mapping = ofl_page_mapping(f, raw);

	for (n = 0; n < most; n++) {
		raw += bytes;
		if (ofl_page_flags(f, raw) != p->flags ||
		    ofl_page_type(f, raw) != p->type ||
		    ofl_page_refcount(f, raw) != p->refcount ||
		    ofl_page_private(f, raw) != p->private ||
		    ofl_page_mapping(f, raw) != mapping ||
		    ofl_page_is_tail(f, raw))
			break;
	}
	return n;
}

/* pages that are not offline, as @p, which the sinks have got */
static uint64_t like_known(const struct look *lo, const unsigned char *raw,
			   const struct ofl_page *p, uint64_t most)
{
	const struct ofl_sink *sink = lo->same;

	if (ofl_page_is_marked_offline(lo->f, p->type))
		return 0;
	if (!lo->look->want_known)
		return like_by_flags(lo, raw, p, most);
	if (!sink || !ofl_filter_wants_zone(lo->filter, p->zone))
		return 0;
	return sink->same(sink->arg, lo->s, p, raw, most);
}

/*
 * Pages behind @p for which nothing else would be found than for @p, and which
 * are counted here: most struct pages of a scan of every page are such. Not
 * where a sink gets them one by one; not behind what was read so far.
 */
static uint64_t take_like(struct look *lo, const unsigned char *raw,
			  const struct ofl_page *p, uint64_t most)
{
	uint64_t n = (uint64_t)(lo->looked_end - raw) / lo->l->struct_page_bytes;
	bool offline = is_offline(lo, raw, p);
	struct ofl_count *zone;

	/* the page itself is one of them */
	most = n < most ? n - 1 : most - 1;
	if (offline) {
		/* the page may be one that nobody is told of */
		if (!lo->run_pages || is_inside(lo, p->pfn + 1) ||
		    lo->run.pfn + lo->run_pages != p->pfn + 1)
			return 0;
		n = like_offline(lo, raw, p, most);
		lo->run_pages += n;
	} else {
		n = like_known(lo, raw, p, most);
	}
	if (!ofl_filter_wants_zone(lo->filter, p->zone))
		return n;
	zone = &lo->r->zone[p->zone - lo->n->zone];
	lo->r->total.scanned += n;
	zone->scanned += n;
	if (offline) {
		lo->r->total.offline += n;
		zone->offline += n;
	}
	return n;
}

/* the window, with the struct pages from @pfn on */
static const unsigned char *move_window(struct look *lo, uint64_t pfn,
					uint64_t pages)
{
	uint64_t bytes = lo->l->struct_page_bytes;

	lo->looked_end = NULL;
	return ofl_image_move(&lo->look->image, lo->s->memmap_kva +
			      (pfn - lo->s->start_pfn) * bytes, pages * bytes);
}

/* [pfn, pfn + pages) is populated and fits the window */
static enum ofl_status scan_window(struct look *lo, uint64_t pfn,
				   uint64_t pages)
{
	uint64_t bytes = lo->l->struct_page_bytes, i, n;
	const unsigned char *raw;
	enum ofl_status st = OFL_OK;
	struct ofl_page p;

	raw = move_window(lo, pfn, pages);
	/* sinks that look at every page may look at what follows it */
	for (i = 0; lo->look->reads_ahead && i < pages; i++)
		ofl_image_look(&lo->look->image, raw + i * bytes, bytes);
	for (i = 0; i < pages && !st; i += n, raw += n * bytes) {
		enum ofl_unknown why = unknown_why(lo, raw);

		n = 1;
		if (why) {
			st = page_not_known(lo, pfn + i, why);
			continue;
		}
		ofl_page_decode(lo->f, raw, pfn + i, &p);
		n = step(lo, raw, &p, pages - i);
		st = lo->s->online ? online_page(lo, raw, &p, n) :
				     stale_page(lo, raw, &p);
		if (!st && n == 1 && has_like(lo, raw, &p))
			n += take_like(lo, raw, &p, pages - i);
	}
	return st;
}

/* from @pfn, how many pages are alike: populated, or not */
static uint64_t alike(const struct look *lo, uint64_t pfn, uint64_t end,
		      bool *populated)
{
	uint64_t step = (1ull << OFL_SUBSECTION_SHIFT) / lo->l->page_bytes;
	uint64_t at = pfn;

	*populated = ofl_section_populated(lo->l, lo->s, pfn);
	do
		at = (at / step + 1) * step;
	while (at < end &&
	       ofl_section_populated(lo->l, lo->s, at) == *populated);
	return (at < end ? at : end) - pfn;
}

/*
 * A part that subsection_map leaves out. Sections of boot memory have a memmap
 * there too, of reserved pages (init_unavailable_range()): a page that is in
 * use shows that the map is damaged.
 */
static enum ofl_status scan_gap(struct look *lo, uint64_t pfn, uint64_t pages)
{
	const unsigned char *raw;
	struct ofl_page p;

	if (!lo->s->online || !lo->f->reserved)
		return OFL_OK;
	raw = move_window(lo, pfn, 1);
	if (unknown_why(lo, raw))
		return OFL_OK;
	ofl_page_decode(lo->f, raw, pfn, &p);
	if (!p.zone || (p.flags & lo->f->reserved))
		return OFL_OK;
	return add_unknown(lo, pfn, pages, OFL_UNKNOWN_BAD_SECTION);
}

static enum ofl_status scan_span(struct look *lo, uint64_t pfn, uint64_t end)
{
	uint64_t most = OFL_IMAGE_BYTES / lo->l->struct_page_bytes;
	uint64_t part = (1ull << OFL_SUBSECTION_SHIFT) / lo->l->page_bytes;
	enum ofl_status st = OFL_OK;
	bool populated;
	uint64_t n;

	while (pfn < end && !st) {
		n = alike(lo, pfn, end, &populated);
		if (n > most - pfn % most)
			n = most - pfn % most;
		if (!populated && n > part - pfn % part)
			n = part - pfn % part;
		st = populated ? scan_window(lo, pfn, n) : scan_gap(lo, pfn, n);
		pfn += n;
	}
	return st;
}

/* the sink whose same() speaks for all; NULL: there is none */
static const struct ofl_sink *same_of(const struct ofl_sinks *sinks)
{
	const struct ofl_sink *found = NULL;
	size_t i;

	for (i = 0; i < sinks->nr; i++) {
		if (!sinks->sink[i].known)
			continue;
		if (found || !sinks->sink[i].same)
			return NULL;
		found = &sinks->sink[i];
	}
	return found;
}

uint64_t ofl_look_end(const struct ofl_look *lk, const struct ofl_section *s)
{
	uint64_t end = s->start_pfn + lk->l->section_pages;

	return end < lk->filter->hi_pfn ? end : lk->filter->hi_pfn;
}

enum ofl_status ofl_look_at(struct ofl_look *lk, const struct ofl_section *s,
			    const struct ofl_sinks *sinks, uint64_t told_pfn,
			    struct ofl_scan_result *r)
{
	struct look lo = {
		.look = lk, .l = lk->l, .n = lk->n, .filter = lk->filter,
		.f = &lk->format, .s = s, .sinks = sinks,
		.same = same_of(sinks), .told_pfn = told_pfn, .r = r,
	};
	uint64_t pfn = s->start_pfn, end = ofl_look_end(lk, s);
	enum ofl_status st;

	if (pfn < lk->filter->lo_pfn)
		pfn = lk->filter->lo_pfn;
	if (s->corrupt)
		st = add_unknown(&lo, pfn, end - pfn, OFL_UNKNOWN_BAD_SECTION);
	else
		st = scan_span(&lo, pfn, end);
	if (!st)
		st = flush_hole(&lo);
	r->memmap_pages += lk->image.read_pages;
	lk->image.read_pages = 0;
	return st;
}
