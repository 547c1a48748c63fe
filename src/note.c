// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - what a scan told its sinks, in short, and told again */
#include "note.h"

enum ofl_status ofl_noter_flush(struct ofl_noter *noter)
{
	enum ofl_status st = OFL_OK;

	if (noter->run.pages)
		st = noter->put(noter->arg, &noter->run);
	noter->run.pages = 0;
	return st;
}

static enum ofl_status note_offline(void *arg, const struct ofl_section *s,
				    const struct ofl_page *p)
{
	struct ofl_noter *noter = arg;
	struct ofl_note *run = &noter->run;
	enum ofl_status st;

	(void)s;
	if (run->pages && p->pfn == run->pfn + run->pages &&
	    p->flags == run->flags && p->refcount == run->refcount &&
	    p->type == run->type && p->private == run->private &&
	    p->movable_ops == run->movable_ops) {
		run->pages++;
		return OFL_OK;
	}
	st = ofl_noter_flush(noter);
	*run = (struct ofl_note){
		.kind = OFL_NOTE_PAGES, .type = p->type, .pfn = p->pfn,
		.pages = 1, .flags = p->flags, .private = p->private,
		.refcount = p->refcount, .movable_ops = p->movable_ops,
	};
	return st;
}

static enum ofl_status note_unknown(void *arg, const struct ofl_section *s,
				    const struct ofl_hole *h)
{
	struct ofl_noter *noter = arg;
	const struct ofl_note hole = {
		.kind = OFL_NOTE_HOLE, .type = h->why, .pfn = h->start_pfn,
		.pages = h->pages,
	};
	enum ofl_status st = ofl_noter_flush(noter);

	(void)s;
	return st ? st : noter->put(noter->arg, &hole);
}

struct ofl_sink ofl_noter_sink(struct ofl_noter *noter)
{
	return (struct ofl_sink){ .offline = note_offline,
				  .unknown = note_unknown, .arg = noter };
}

static enum ofl_status say_pages(const struct ofl_note *note,
				 const struct ofl_section *s,
				 const struct ofl_nodes *n,
				 const struct ofl_sink *sink)
{
	struct ofl_page p = {
		.pfn = note->pfn, .flags = note->flags, .type = note->type,
		.refcount = note->refcount, .private = note->private,
		.movable_ops = note->movable_ops != 0,
		.zone = ofl_zone_of(n, note->flags),
	};
	enum ofl_status st = OFL_OK;

	for (; p.pfn < note->pfn + note->pages && !st; p.pfn++)
		st = sink->offline(sink->arg, s, &p);
	return st;
}

static enum ofl_status say_to(const struct ofl_note *note,
			      const struct ofl_section *s,
			      const struct ofl_nodes *n,
			      const struct ofl_sink *sink)
{
	const struct ofl_hole hole = {
		.start_pfn = note->pfn, .pages = note->pages,
		.why = (enum ofl_unknown)note->type,
	};

	if (note->kind == OFL_NOTE_PAGES)
		return sink->offline ? say_pages(note, s, n, sink) : OFL_OK;
	return sink->unknown ? sink->unknown(sink->arg, s, &hole) : OFL_OK;
}

enum ofl_status ofl_note_say(const struct ofl_note *note,
			     const struct ofl_section *s,
			     const struct ofl_nodes *n,
			     const struct ofl_sink *sinks, size_t nr_sinks)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < nr_sinks && !st; i++)
		st = say_to(note, s, n, &sinks[i]);
	return st;
}
