// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - what sinks got, as records, and again from these */
#include "scan/note.h"

_Static_assert(sizeof(struct ofl_note) == 2 * 4 + 4 * 8 + 2 * 4,
	       "a note crosses a pipe as it is: no padding");

static enum ofl_status note_offline(void *arg, const struct ofl_section *s,
				    const struct ofl_page *p, uint64_t pages)
{
	const struct ofl_noter *noter = arg;
	const struct ofl_note run = {
		.kind = OFL_NOTE_PAGES, .type = p->type, .pfn = p->pfn,
		.pages = pages, .flags = p->flags, .private = p->private,
		.refcount = p->refcount, .movable_ops = p->movable_ops,
	};

	(void)s;
	return noter->put(noter->arg, &run);
}

static enum ofl_status note_unknown(void *arg, const struct ofl_section *s,
				    const struct ofl_hole *h)
{
	const struct ofl_noter *noter = arg;
	const struct ofl_note hole = {
		.kind = OFL_NOTE_HOLE, .type = h->why, .pfn = h->start_pfn,
		.pages = h->pages,
	};

	(void)s;
	return noter->put(noter->arg, &hole);
}

struct ofl_sink ofl_noter_sink(struct ofl_noter *noter)
{
	return (struct ofl_sink){ .offline = note_offline,
				  .unknown = note_unknown, .arg = noter };
}

static enum ofl_status replay_pages(const struct ofl_note *note,
				 const struct ofl_section *s,
				 const struct ofl_nodes *n,
				 const struct ofl_sink *sink)
{
	const struct ofl_page p = {
		.pfn = note->pfn, .flags = note->flags, .type = note->type,
		.refcount = note->refcount, .private = note->private,
		.movable_ops = note->movable_ops != 0,
		.zone = ofl_zone_of(n, note->flags),
	};

	return sink->offline(sink->arg, s, &p, note->pages);
}

static enum ofl_status replay_to(const struct ofl_note *note,
			      const struct ofl_section *s,
			      const struct ofl_nodes *n,
			      const struct ofl_sink *sink)
{
	const struct ofl_hole hole = {
		.start_pfn = note->pfn, .pages = note->pages,
		.why = (enum ofl_unknown)note->type,
	};

	if (note->kind == OFL_NOTE_PAGES)
		return sink->offline ? replay_pages(note, s, n, sink) : OFL_OK;
	return sink->unknown ? sink->unknown(sink->arg, s, &hole) : OFL_OK;
}

enum ofl_status ofl_note_replay(const struct ofl_note *note,
			     const struct ofl_section *s,
			     const struct ofl_nodes *n,
			     const struct ofl_sinks *sinks)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < sinks->nr && !st; i++)
		st = replay_to(note, s, n, &sinks->sink[i]);
	return st;
}
