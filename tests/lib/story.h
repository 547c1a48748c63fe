/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story.h - everything that a scan passes to its sinks, as text
 *
 * Depends on scan.h. If two scans give the same story, every sink got
 * the same from both.
 */
#ifndef STORY_H
#define STORY_H

#include <stdio.h>

#include "scan/scan.h"

/** struct story - the text in work; zeros to begin with */
struct story {
	FILE *f;
	char *text;		/* after story_end(); free() it */
	size_t len;
	unsigned long nr_calls;	/* of the sink */
	unsigned long fail_call;	/* the call that fails with OFL_ERR_OUTPUT; 0: none */
};

/** story_begin() - open the text */
void story_begin(struct story *st);

/** story_sink() - a sink that writes down every call */
struct ofl_sink story_sink(struct story *st);

/** story_end() - write down the counts, except for the reads; close */
void story_end(struct story *st, const struct ofl_scan_result *r,
	       size_t nr_zones);

#endif
