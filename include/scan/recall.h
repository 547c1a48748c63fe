/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recall.h - what the scans of a dump saw, for the next one
 *
 * Depends on note.h and result.h. A dump does not change: a section that was
 * read without trouble need not be read again. Kept are sections that are
 * online, lie in one zone and have nothing in them that is not known; all
 * others, and what does not fit into the memory allowed, are read every time.
 */
#ifndef OFL_RECALL_H
#define OFL_RECALL_H

#include "scan/note.h"
#include "scan/result.h"

/* for all sections of a dump: 350,000 runs, or those of a 64 TiB machine */
#define OFL_RECALL_BYTES	(16u << 20)

/** struct ofl_recalled - one section */
struct ofl_recalled {
	uint64_t nr;
	uint32_t zone;		/* index in ofl_nodes.zone */
	uint32_t scanned;	/* pages, of that zone */
	uint32_t offline;
	uint32_t no_zone;	/* pages besides: see ofl_scan_result */
	uint32_t first_note, nr_notes;
};

/** struct ofl_recall - the sections of one dump; zeros: none yet */
struct ofl_recall {
	struct ofl_recalled *section;	/* ascending */
	size_t nr_sections, room;
	struct ofl_note *note;
	size_t nr_notes, note_room;
	/* the section in work */
	struct ofl_noter noter;
	size_t first_note;
	bool lost;			/* it did not fit */
};

/** ofl_recall_free() - forget all; twice is fine */
void ofl_recall_free(struct ofl_recall *rc);

/**
 * ofl_recall_begin() - a section is about to be scanned
 *
 * Shape:  its sink never fails: what cannot be kept is not.
 */
struct ofl_sink ofl_recall_begin(struct ofl_recall *rc);

/**
 * ofl_recall_end() - it was; keep it if it is such as can be kept
 * @one: in  what was counted in it alone
 */
void ofl_recall_end(struct ofl_recall *rc, const struct ofl_section *s,
		    const struct ofl_scan_result *one, size_t nr_zones);

/** ofl_recall_drop() - the scan of the section came to no end: keep nothing */
void ofl_recall_drop(struct ofl_recall *rc);

/** ofl_recall_find() - the section of that number; NULL: not kept */
const struct ofl_recalled *ofl_recall_find(const struct ofl_recall *rc,
					   uint64_t nr);

/**
 * ofl_recall_replay() - call sinks, and count, as the scan of the section did
 * @r: out  is added to
 */
enum ofl_status ofl_recall_replay(const struct ofl_recall *rc,
			       const struct ofl_recalled *found,
			       const struct ofl_section *s,
			       const struct ofl_nodes *n,
			       const struct ofl_sinks *sinks,
			       struct ofl_scan_result *r);

#endif
