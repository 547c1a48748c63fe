// SPDX-License-Identifier: GPL-2.0-or-later
/* offline_next.c - what a person can do, in the lines NEXT of offline */
#include <string.h>

#include "commands/offline_next.h"
#include "commands/tables.h"
#include "judge/next.h"
#include "target/count.h"
#include "target/text.h"

/* what blocks with pages of a driver come to, where that is worth a look */
static const struct {
	enum ofl_outcome worst;
	const char *blocks;
} follow[] = {
	{ OFL_OUT_RETRIES, "that wait for its pages" },
	{ OFL_OUT_SPINS, "whose offlining would not end" },
	{ OFL_OUT_BLOCKED, "that cannot be offlined" },
};

static void show_row(struct ofl_view *v, const char *about, const char *text)
{
	const struct ofl_offline_next row = { about, text };
	char label[48];

	if (v->json) {
		ofl_view_row(v, &row, NULL);
		return;
	}
	ofl_text_put(label, sizeof(label), "NEXT (%s):", about);
	ofl_view_sentence(v, label, text);
}

static void show_owner(struct ofl_view *v, const char *name,
		       enum ofl_outcome worst)
{
	char text[200];
	size_t i;

	if (worst == OFL_OUT_UNKNOWN)
		show_row(v, name,
			 "offcheck says what is not known of these pages");
	for (i = 0; i < OFL_COUNT(follow); i++) {
		if (follow[i].worst != worst)
			continue;
		ofl_text_put(text, sizeof(text), "offblock -O %s lists the memory blocks %s; offblock with one of them says why, and what can be done",
			     name, follow[i].blocks);
		show_row(v, name, text);
	}
}

/* the worst of all devices of a name */
static enum ofl_outcome worst_of(const struct ofl_balance *b, const char *name)
{
	enum ofl_outcome worst = OFL_OUT_OFFLINABLE;
	size_t i, out;

	for (i = 0; i < b->nr; i++)
		for (out = 0; out < OFL_NR_OUTCOMES; out++)
			if (b->row[i].outcome[out] &&
			    !strcmp(b->row[i].name, name))
				worst = ofl_outcome_worse(worst,
							  (enum ofl_outcome)out);
	return worst;
}

/* once for each name */
static void show_owners(struct ofl_view *v, const struct ofl_balance *b)
{
	size_t i, before;

	for (i = 0; i < b->nr; i++) {
		for (before = 0; strcmp(b->row[before].name, b->row[i].name);)
			before++;
		if (before == i)
			show_owner(v, b->row[i].name,
				   worst_of(b, b->row[i].name));
	}
}

/* once for each code */
static void show_findings(struct ofl_view *v, const struct ofl_told *told)
{
	const struct ofl_told_device *d;
	const char *next;
	size_t i, before;

	for (i = 0; i < told->nr; i++) {
		d = &told->device[i];
		for (before = 0; told->device[before].finding != d->finding;)
			before++;
		next = d->finding && before == i ?
		       ofl_finding_do(d->finding, d->severity) : NULL;
		if (next)
			show_row(v, d->finding->code, next);
	}
}

void ofl_offline_next(struct ofl_view *v, const struct ofl_balance *b,
		      const struct ofl_told *told, const char *added,
		      const struct ofl_block_totals *blocks)
{
	if (v->json)
		ofl_view_table(v, &ofl_offline_next_table, NULL);
	if (added[0])
		show_row(v, "added", added);
	if (b)
		show_owners(v, b);
	show_findings(v, told);
	if (blocks->state[OFL_BLOCK_GOING_OFFLINE])
		show_row(v, "going offline",
			 "offblock -v has the state of each memory block; offblock with that block says what it waits for, and \"foreach bt -R offline_pages\" names the task");
	if (v->json)
		ofl_view_table_end(v);
}
