// SPDX-License-Identifier: GPL-2.0-or-later
/* added.c - memory that was added and never brought online, in words */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/added.h"
#include "kernel/onlining.h"
#include "target/text.h"

static void show_never(struct ofl_view *v, const struct ofl_layout *l,
		       const struct ofl_never_online *n)
{
	char buf[200], size[24];

	ofl_size_text(n->blocks * l->sections_per_block * l->section_pages *
		      l->page_bytes, size, sizeof(size));
	ofl_text_put(buf, sizeof(buf), "%" PRIu64 " memory block%s (%s) %s added and never brought online, first memory%"
		     PRIu64, n->blocks, ofl_plural(n->blocks), size,
		     n->blocks == 1 ? "was" : "were", n->first_nr);
	if (n->blocks)
		ofl_view_words(v, "ADDED", "%s", buf);
	ofl_text_put(buf, sizeof(buf), "of %" PRIu64 " offline memory block%s it is not known whether %s ever online",
		     n->untold, ofl_plural(n->untold),
		     n->untold == 1 ? "it was" : "they were");
	if (n->untold)
		ofl_view_words(v, "ADDED", "%s", buf);
	ofl_view_object(v, "never_online");
	ofl_view_number(v, "blocks", n->blocks);
	if (n->blocks)
		ofl_view_number(v, "first", n->first_nr);
	ofl_view_number(v, "not_known", n->untold);
	ofl_view_object_end(v);
}

/* mhp_get_default_online_type(): -1 until it is asked for the first time */
static void show_policy(struct ofl_view *v, const struct ofl_layout *l,
			bool wanted)
{
	const struct ofl_online_policy *policy = ofl_online_policy(l);
	bool open = ofl_fact_value(l, OFL_F_ONLINE_TYPE, 0) == -1;
	struct ofl_cell c = { .kind = OFL_CELL_NONE };
	char buf[160];

	if (policy)
		c = ofl_cell_text(policy->word);
	ofl_view_field(v, "online_policy", NULL, &c);
	ofl_text_put(buf, sizeof(buf), "%s: %s", policy ? policy->word : "-",
		     policy ? policy->text : open ?
		     "as the kernel was configured; nothing has asked for it yet" :
		     "what becomes of memory that is added is not known");
	if (wanted || policy || open)
		ofl_view_words(v, "POLICY", "%s", buf);
}

/* memory_hotplug.online_policy, and the limit of auto-movable */
static void show_zone_policy(struct ofl_view *v, const struct ofl_layout *l)
{
	struct ofl_cell c = { .kind = OFL_CELL_NONE };
	struct ofl_online_policy policy;
	char buf[200], limit[40] = "";

	if (!ofl_zone_policy(l, &policy))
		return;
	if (policy.word)
		c = ofl_cell_text(policy.word);
	ofl_view_field(v, "zone_policy", NULL, &c);
	if (policy.word && !strcmp(policy.word, "auto-movable") &&
	    ofl_fact_known(l, OFL_F_AUTO_MOVABLE_RATIO))
		ofl_text_put(limit, sizeof(limit), " (%" PRId64 "%%)",
			     l->fact[OFL_F_AUTO_MOVABLE_RATIO].value);
	ofl_text_put(buf, sizeof(buf), "%s: %s%s", policy.word ? policy.word :
		     "-", policy.text, limit);
	ofl_view_words(v, "ZONES", "%s", buf);
}

static void say_next(const struct ofl_never_online *n, char *buf, size_t bytes)
{
	buf[0] = '\0';
	if (!n->blocks)
		return;
	ofl_text_put(buf, bytes, "write online_movable to /sys/devices/system/memory/memory%"
		     PRIu64 "/state%s; auto_online_blocks there is for memory that is added later",
		     n->first_nr, n->blocks > 1 ? ", and so on" : "");
}

void ofl_show_added(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		    const struct ofl_block_totals *b, char *next, size_t bytes)
{
	const struct ofl_layout *l = &ctx->s->layout;
	bool offline = b->known && b->state[OFL_BLOCK_OFFLINE];
	struct ofl_never_online n = { .blocks = 0 };
	struct ofl_err ignored;

	next[0] = '\0';
	if (!offline && !ctx->o->verbose)
		return;
	/* without them nothing is known, which is said of each block */
	if (ofl_session_late(ctx->s, &ignored))
		n.untold = b->state[OFL_BLOCK_OFFLINE];
	else
		ofl_never_online(ctx->s->t, l, b->state[OFL_BLOCK_OFFLINE], &n);
	if (offline)
		show_never(v, l, &n);
	show_policy(v, l, n.blocks);
	show_zone_policy(v, l);
	say_next(&n, next, bytes);
}
