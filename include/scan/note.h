/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.h - what the sinks of a scan got of a section, as records
 *
 * Depends on sink.h. Notes are taken by a sink like any other, and other sinks
 * get the same from them later: in another process (workers.h), or in another
 * command (recall.h). They hold all of struct ofl_page.
 */
#ifndef OFL_NOTE_H
#define OFL_NOTE_H

#include "scan/sink.h"

enum ofl_note_kind { OFL_NOTE_PAGES, OFL_NOTE_HOLE, OFL_NR_NOTES };

/** struct ofl_note - a run of offline pages that are alike, or a hole */
struct ofl_note {
	uint32_t kind;
	uint32_t type;		/* page_type, or enum ofl_unknown */
	uint64_t pfn;		/* first of the run */
	uint64_t pages;
	uint64_t flags;		/* raw page->flags */
	uint64_t private;
	int32_t refcount;
	uint32_t movable_ops;
}; /* no padding: it crosses a pipe as it is */

/** struct ofl_noter - takes notes and hands them on */
struct ofl_noter {
	enum ofl_status (*put)(void *arg, const struct ofl_note *note);
	void *arg;
};

/** ofl_noter_sink() - a sink that takes notes; it returns what put() returns */
struct ofl_sink ofl_noter_sink(struct ofl_noter *noter);

/**
 * ofl_note_replay() - call sinks with what a note holds
 * @s: in  the section that the note is of
 *
 * Errors: the first that a sink returned; the others are not called then.
 */
enum ofl_status ofl_note_replay(const struct ofl_note *note,
			     const struct ofl_section *s,
			     const struct ofl_nodes *n,
			     const struct ofl_sinks *sinks);

#endif
