// SPDX-License-Identifier: GPL-2.0-or-later
/* story.c - everything that a scan passes to its sinks, as text */
#include <inttypes.h>
#include <stdlib.h>

#include "story.h"

void story_begin(struct story *st)
{
	st->f = open_memstream(&st->text, &st->len);
	st->nr_calls = 0;
	if (!st->f)
		abort();
}

static enum ofl_status heard(struct story *st)
{
	return ++st->nr_calls == st->fail_call ? OFL_ERR_OUTPUT : OFL_OK;
}

/* one line a page: the number of pages in one call does not matter */
static enum ofl_status hear_offline(void *arg, const struct ofl_section *s,
				    const struct ofl_page *p, uint64_t pages)
{
	struct story *st = arg;
	uint64_t i;

	for (i = 0; i < pages; i++)
		fprintf(st->f, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %x %d %s %"
			PRIx64 " %d\n", s->nr, p->pfn + i, p->flags, p->type,
			p->refcount, p->zone ? p->zone->name : "-", p->private,
			p->movable_ops);
	return heard(st);
}

static enum ofl_status hear_unknown(void *arg, const struct ofl_section *s,
				    const struct ofl_hole *h)
{
	struct story *st = arg;

	fprintf(st->f, "%" PRIx64 " %" PRIx64 " +%" PRIx64 " %d\n", s->nr,
		h->start_pfn, h->pages, h->why);
	return heard(st);
}

struct ofl_sink story_sink(struct story *st)
{
	return (struct ofl_sink){ .offline = hear_offline,
				  .unknown = hear_unknown, .arg = st };
}

static void tell_count(struct story *st, const struct ofl_count *c)
{
	fprintf(st->f, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", c->scanned,
		c->offline, c->unknown);
}

void story_end(struct story *st, const struct ofl_scan_result *r,
	       size_t nr_zones)
{
	size_t i;

	tell_count(st, &r->total);
	for (i = 0; i < nr_zones; i++)
		tell_count(st, &r->zone[i]);
	for (i = 0; i < OFL_NR_UNKNOWN; i++)
		fprintf(st->f, "%" PRIu64 " %" PRIx64 " ", r->unknown[i],
			r->unknown[i] ? r->unknown_pfn[i] : 0);
	fprintf(st->f, "%" PRIu64 " %" PRIu64 " %" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
		r->stale, r->stale_unread, r->stale_unread_pfn, r->no_zone,
		r->device);
	fprintf(st->f, "%" PRIu64 " %" PRIu64 " %" PRIx64 " %d\n",
		r->sections_done, r->hidden, r->hidden_pfn, r->interrupted);
	fclose(st->f);
}
