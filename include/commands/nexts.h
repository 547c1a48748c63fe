/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nexts.h - what a person can do, behind a table: each sentence once
 *
 * Depends on view.h. A command adds what its rows are about; the same sentence
 * for several of them is one line that names the first of them.
 */
#ifndef OFL_NEXTS_H
#define OFL_NEXTS_H

#include "view/view.h"

#define OFL_NEXTS_NAMES	3
#define OFL_NEXTS	160	/* more than there are such sentences */

/** struct ofl_nexts - begin with zeros */
struct ofl_nexts {
	struct ofl_next {
		const char *text;
		char about[OFL_NEXTS_NAMES][32];
		unsigned int names;
		bool others;
	} next[OFL_NEXTS];
	size_t nr;
};

/**
 * ofl_nexts_add() - what can be done about something
 * @about: in  a finding's code, an owner, a device, a block; copied
 * @text:  in  kept until it is shown; NULL: nothing can be done, and nothing is
 *             added
 */
void ofl_nexts_add(struct ofl_nexts *n, const char *about, const char *text);

/** ofl_nexts_show() - lines "NEXT (virtio1): ..."; nothing in a document */
void ofl_nexts_show(const struct ofl_nexts *n, struct ofl_view *v);

#endif
