/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story.h - everything that a scan tells, as text
 *
 * Depends on scan.h. Two scans that tell the same story are the same to
 * whoever listens.
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
	unsigned long fail_call;	/* which one fails with OFL_ERR_OUTPUT; 0: none */
};

/** story_begin() - open the text */
void story_begin(struct story *st);

/** story_sink() - a sink that writes down what it hears */
struct ofl_sink story_sink(struct story *st);

/** story_end() - write down what was counted, but for the effort; close */
void story_end(struct story *st, const struct ofl_scan_result *r,
	       size_t nr_zones);

#endif
