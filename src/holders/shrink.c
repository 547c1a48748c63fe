// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - sub-blocks that a device still has, by what stops them
 *
 * Source: drivers/virtio/virtio_mem.c: virtio_mem_sbm_unplug_any_sb() takes
 * sub-blocks of an offline block as they are, and those of an online one if
 * virtio_mem_fake_offline() can empty them by alloc_contig_range();
 * virtio_mem_bbm_offline_remove_and_unplug_bb() does it to all of a big block.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "holders/holders.h"
#include "holders/shrink.h"
#include "judge/contig.h"
#include "kernel/block.h"

#define BUCKETS		1024

/** struct part - pages of the sub-block in work */
struct part {
	uint64_t pages, first_pfn;
};

/** struct by_kind - those of a kind that has no holder to ask for */
struct by_kind {
	struct part part;
	enum ofl_outcome outcome;
	const char *name;		/* the owner's; NULL: has none */
};

/** struct ofl_shrink - one device in work */
struct ofl_shrink {
	const struct ofl_env *env;
	const struct ofl_filter *filter;
	struct ofl_classifier classifier;	/* of pages that are not offline */
	struct ofl_classifier runs;		/* of those that are */
	struct ofl_classified last;
	struct ofl_holders *holders;	/* of the device; owned */
	const struct ofl_owner_ops *owner;
	const void *state;
	unsigned int device;
	struct ofl_shrinking s;
	/* the sub-block in work */
	uint64_t unit_nr, seen;
	bool keeps;
	struct part part[OFL_NR_OUTCOMES];
	struct by_kind kind[OFL_NR_KINDS];
	/* all of them */
	struct ofl_shrink_row *row;		/* owned */
	size_t nr, room;
	uint32_t bucket[BUCKETS];	/* 1 above */
	bool lost;
};

static uint32_t hash(const char *text, uint32_t so_far)
{
	while (*text)
		so_far = so_far * 31 + (unsigned char)*text++;
	return so_far;
}

static struct ofl_shrink_row *new_row(struct ofl_shrink *k)
{
	size_t room = k->room ? 2 * k->room : 64;
	struct ofl_shrink_row *more;

	if (k->nr == k->room) {
		more = realloc(k->row, room * sizeof(*more));
		k->lost |= !more;
		if (!more)
			return NULL;
		k->row = more;
		k->room = room;
	}
	return &k->row[k->nr++];
}

static struct ofl_shrink_row *row_for(struct ofl_shrink *k, enum ofl_outcome outcome,
			   const char *kind, const char *name,
			   const char *detail)
{
	uint32_t *bucket = &k->bucket[hash(detail, hash(name, hash(kind,
					   outcome))) % BUCKETS];
	struct ofl_shrink_row *row;
	uint32_t i;

	for (i = *bucket; i; i = row->next) {
		row = &k->row[i - 1];
		if (row->outcome == outcome && !strcmp(row->kind, kind) &&
		    !strcmp(row->name, name) && !strcmp(row->detail, detail))
			return row;
	}
	row = new_row(k);
	if (!row)
		return NULL;
	*row = (struct ofl_shrink_row){ .outcome = outcome, .kind = kind,
					.unit_nr = UINT64_MAX, .next = *bucket };
	ofl_text_put(row->name, sizeof(row->name), "%s", name);
	ofl_text_put(row->detail, sizeof(row->detail), "%s", detail);
	*bucket = (uint32_t)k->nr;
	return row;
}

/* the sub-block in work is counted once, and pages of it */
static void count(struct ofl_shrink *k, struct ofl_shrink_row *row, const struct part *part)
{
	if (!row)
		return;
	row->units += row->unit_nr != k->unit_nr;
	row->unit_nr = k->unit_nr;
	if (!row->pages || part->first_pfn < row->first_pfn)
		row->first_pfn = part->first_pfn;
	row->pages += part->pages;
}

static void count_share(struct ofl_shrink *k, const struct ofl_share *s)
{
	const struct part part = { s->pages, s->first_pfn };
	char bad[120] = "";

	if (!s->holder && s->bad_what)
		ofl_text_put(bad, sizeof(bad), "0x%" PRIx64 " %s", s->bad_kva,
			     s->bad_what);
	count(k, row_for(k, s->outcome,
			 s->ops ? s->ops->kind : ofl_rule_rows[s->kind].code,
			 s->holder ? s->holder->name : OFL_NOT_IDENTIFIED,
			 s->holder ? s->holder->detail : bad), &part);
}

/* ---- one sub-block ---- */

static enum ofl_outcome worst_of(const struct ofl_shrink *k)
{
	enum ofl_outcome worst = k->seen < k->s.unit_pages ?
				 OFL_OUT_UNKNOWN : OFL_OUT_OFFLINABLE;
	int i;

	for (i = 0; i < OFL_NR_OUTCOMES; i++)
		if (k->part[i].pages)
			worst = ofl_outcome_worse((enum ofl_outcome)i, worst);
	return worst;
}

static void close_unit(struct ofl_shrink *k)
{
	enum ofl_outcome worst = worst_of(k);
	struct part all = k->part[worst];
	const struct ofl_share *share;
	size_t nr, i;

	share = ofl_holders_shares(k->holders, &nr);
	/* pages that were not looked at have no pfn of their own */
	if (!all.pages)
		all.first_pfn = k->unit_nr * k->s.unit_pages;
	count(k, row_for(k, worst, OFL_SHRINK_ALL, "", ""), &all);
	for (i = 0; i < nr; i++)
		if (share[i].outcome == worst)
			count_share(k, &share[i]);
	for (i = 0; i < OFL_NR_KINDS; i++)
		if (k->kind[i].part.pages && k->kind[i].outcome == worst)
			count(k, row_for(k, worst, ofl_rule_rows[i].code,
					 k->kind[i].name ? k->kind[i].name : "",
					 ""), &k->kind[i].part);
}

static void begin_unit(struct ofl_shrink *k, uint64_t nr)
{
	ofl_holders_clear(k->holders);
	memset(k->part, 0, sizeof(k->part));
	memset(k->kind, 0, sizeof(k->kind));
	k->unit_nr = nr;
	k->seen = 0;
	k->keeps = k->owner->keeps(k->state, k->device,
				   nr * k->s.unit_pages);
}

static bool filter_has(const struct ofl_shrink *k, uint64_t pfn)
{
	return !k->filter->any || (pfn >= k->filter->lo_pfn &&
				   pfn < k->filter->hi_pfn &&
				   !ofl_filter_names_zone(k->filter));
}

/* no page of it came: its block is offline, or was not added */
static void pass_unit(struct ofl_shrink *k, uint64_t nr)
{
	uint64_t pfn = nr * k->s.unit_pages;
	const struct ofl_blocks *blocks = k->env->blocks;
	const struct ofl_layout *l = k->env->l;
	const struct ofl_block *b = !blocks ? NULL :
		ofl_blocks_find(blocks, pfn / l->section_pages /
				l->sections_per_block);

	begin_unit(k, nr);
	if (!k->keeps || !filter_has(k, pfn))
		return;
	if (b ? b->state == OFL_BLOCK_OFFLINE : blocks && !blocks->lost) {
		k->seen = k->s.unit_pages;
		k->part[OFL_OUT_OFFLINABLE] = (struct part){ k->seen, pfn };
	}
	close_unit(k);
}

/* sub-blocks come in ascending order; those between are passed */
static void enter_unit(struct ofl_shrink *k, uint64_t nr)
{
	uint64_t next;

	if (nr == k->unit_nr)
		return;
	if (k->seen && k->keeps)
		close_unit(k);
	for (next = k->unit_nr + 1; next < nr; next++)
		pass_unit(k, next);
	begin_unit(k, nr);
}

static void add(struct part *part, uint64_t pfn, uint64_t pages)
{
	if (!part->pages)
		part->first_pfn = pfn;
	part->pages += pages;
}

/* ---- pages ---- */

static bool has_holder(enum ofl_kind kind, enum ofl_outcome out)
{
	return !ofl_rule_rows[kind].offline && kind != OFL_KIND_HWPOISON &&
	       (out == OFL_OUT_RETRIES || out == OFL_OUT_BLOCKED);
}

static void see(struct ofl_shrink *k, const struct ofl_classified *c,
		const unsigned char *raw, uint64_t pages)
{
	enum ofl_outcome out = ofl_contig_outcome(&k->classifier.format, c);
	struct ofl_classified copy = *c;

	enter_unit(k, c->pfn / k->s.unit_pages);
	k->seen += pages;
	if (!k->keeps)
		return;
	add(&k->part[out], c->pfn, pages);
	if (c->flags & k->classifier.format.hwpoison)
		copy.kind = OFL_KIND_HWPOISON;
	if (raw && has_holder(copy.kind, out)) {
		copy.outcome = out;
		ofl_holders_add(k->holders, &copy, raw);
	} else if (out != OFL_OUT_MIGRATE && out != OFL_OUT_OFFLINABLE) {
		add(&k->kind[copy.kind].part, c->pfn, pages);
		k->kind[copy.kind].outcome = out;
		k->kind[copy.kind].name = c->offline ?
					  ofl_owner_name(&c->claim) : NULL;
	}
}

static enum ofl_status see_known(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages,
				 const unsigned char *raw,
				 const unsigned char *raw_end)
{
	struct ofl_shrink *k = arg;

	/* the inside of a free block has nothing that a holder is asked for */
	if (k->last.kind == OFL_KIND_FREE &&
	    ofl_classify_same(&k->classifier, s, p, raw))
		k->last.pfn = p->pfn;
	else
		ofl_classify(&k->classifier, s, p, raw, raw_end, false,
			     &k->last);
	see(k, &k->last, raw, pages);
	return OFL_OK;
}

/* up to where the sub-block of @pfn ends */
static uint64_t in_unit(const struct ofl_shrink *k, uint64_t pfn, uint64_t pages)
{
	uint64_t most = k->s.unit_pages - pfn % k->s.unit_pages;

	return pages < most ? pages : most;
}

static enum ofl_status see_offline(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	uint64_t end = p->pfn + pages, n;
	struct ofl_classified c;
	struct ofl_page at = *p;
	struct ofl_shrink *k = arg;

	for (; s->online && at.pfn < end; at.pfn += n) {
		n = ofl_classify_run(&k->runs, s, &at,
				     in_unit(k, at.pfn, end - at.pfn), &c);
		see(k, &c, NULL, n);
	}
	return OFL_OK;
}

static enum ofl_status see_unknown(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h)
{
	struct ofl_classified c = { .kind = OFL_KIND_UNKNOWN };
	uint64_t end = h->start_pfn + h->pages, n;
	struct ofl_shrink *k = arg;

	(void)s;
	for (c.pfn = h->start_pfn; c.pfn < end; c.pfn += n) {
		n = in_unit(k, c.pfn, end - c.pfn);
		see(k, &c, NULL, n);
	}
	return OFL_OK;
}

/* ---- one device ---- */

enum ofl_status ofl_shrink_open(const struct ofl_env *env,
				const struct ofl_owner_ops *owner,
				const void *state, unsigned int device,
				const struct ofl_shrinking *s,
				struct ofl_shrink **ret, struct ofl_err *err)
{
	struct ofl_shrink *k = calloc(1, sizeof(*k));

	*ret = k;
	if (!k)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the sub-blocks");
	k->env = env;
	k->owner = owner;
	k->state = state;
	k->device = device;
	k->s = *s;
	k->holders = ofl_holders_open(env, s->start_pfn, s->end_pfn);
	if (!k->holders)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for holders");
	ofl_classifier_init(&k->classifier, env, env->owners, env->blocks);
	k->runs = k->classifier;
	k->unit_nr = s->start_pfn / s->unit_pages - 1;
	return OFL_OK;
}

void ofl_shrink_close(struct ofl_shrink *k)
{
	if (!k)
		return;
	if (k->holders)
		ofl_holders_close(k->holders);
	free(k->row);
	free(k);
}

enum ofl_status ofl_shrink_scan(struct ofl_shrink *k,
				const struct ofl_target *memmap,
				const struct ofl_scan_request *wanted,
				struct ofl_shrink_doubts *d,
				struct ofl_err *err)
{
	struct ofl_scan_request req = *wanted;
	struct ofl_filter filter = *wanted->filter;
	struct ofl_sink sink = {
		.known = see_known, .offline = see_offline,
		.unknown = see_unknown, .arg = k,
	};
	struct ofl_scan_result r;
	enum ofl_status st;

	k->filter = wanted->filter;
	req.filter = &filter;
	if (filter.lo_pfn < k->s.start_pfn)
		filter.lo_pfn = k->s.start_pfn;
	if (filter.hi_pfn > k->s.end_pfn)
		filter.hi_pfn = k->s.end_pfn;
	if (filter.lo_pfn >= filter.hi_pfn)
		return OFL_OK;
	st = ofl_scan(memmap, k->env->l, k->env->n, &req, &sink, 1, &r, err);
	d->cut |= !st && r.interrupted;
	if (!st && !r.interrupted)
		enter_unit(k, k->s.end_pfn / k->s.unit_pages);
	ofl_scan_result_free(&r);
	return st;
}

void ofl_shrink_doubt(const struct ofl_shrink *k, struct ofl_shrink_doubts *d)
{
	struct ofl_holders_total total = ofl_holders_total(k->holders);

	if (!d->broken) {
		d->bad_kva = total.bad_kva;
		d->bad_what = total.bad_what;
	}
	d->broken += total.broken;
	d->lost |= k->lost || ofl_holders_lost(k->holders);
}

static int by_outcome(const void *a, const void *b)
{
	const struct ofl_shrink_row *x = a, *y = b;
	unsigned int rx = ofl_outcome_rows[x->outcome].rank;
	unsigned int ry = ofl_outcome_rows[y->outcome].rank;
	bool all = !strcmp(x->kind, OFL_SHRINK_ALL);

	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (all != !strcmp(y->kind, OFL_SHRINK_ALL))
		return all ? -1 : 1;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return x->first_pfn < y->first_pfn ? -1 : x->first_pfn > y->first_pfn;
}

const struct ofl_shrink_row *ofl_shrink_rows(struct ofl_shrink *k, size_t *nr)
{
	if (k->nr)
		qsort(k->row, k->nr, sizeof(*k->row), by_outcome);
	*nr = k->nr;
	return k->row;
}
