// SPDX-License-Identifier: GPL-2.0-or-later
/* session.c - what is kept between commands, and what ends that */
#include <stdlib.h>
#include <string.h>

#include "kernel/block.h"
#include "kernel/geometry.h"
#include "kernel/pageblock.h"
#include "kernel/section.h"
#include "layout/load.h"
#include "session/session.h"
#include "session/typed.h"
#include "target/count.h"

void ofl_session_target(struct ofl_session *s, const struct ofl_target *t)
{
	s->t = t;
}

void ofl_session_init(struct ofl_session *s, const struct ofl_target *t)
{
	memset(s, 0, sizeof(*s));
	if (t)
		ofl_session_target(s, t);
}

static void drop_analysis(struct ofl_session *s)
{
	if (s->analysis)
		ofl_analysis_free(s->analysis);
	free(s->analysis);
	s->analysis = NULL;
}

void ofl_session_drop(struct ofl_session *s)
{
	drop_analysis(s);
	ofl_nodes_free(&s->nodes);
	ofl_recall_free(&s->recall);
	ofl_ram_free(&s->ram);
	s->loaded = s->late = s->holders = s->running = false;
	s->ram_loaded = false;
}

/* ---- what ends the life of what is kept ---- */

/** struct now - what is to be known of the moment to decide it */
struct now {
	bool begin;		/* a command begins; false: it has ended */
	uint64_t stamp, types;
	bool host_only;
	bool differ;		/* the two readers, in this command */
	bool interrupted;
};

static bool is_live(const struct ofl_session *s, const struct now *now)
{
	(void)now;
	return s->t->live;
}

static bool was_left(const struct ofl_session *s, const struct now *now)
{
	return now->begin && s->running;
}

static bool is_written_to(const struct ofl_session *s, const struct now *now)
{
	return now->stamp != s->stamp;
}

static bool has_other_types(const struct ofl_session *s, const struct now *now)
{
	return now->types != s->types;
}

static bool is_doubted(const struct ofl_session *s, const struct now *now)
{
	return now->host_only && !s->host_only;
}

static bool differs(const struct ofl_session *s, const struct now *now)
{
	(void)s;
	return now->differ;
}

static bool was_interrupted(const struct ofl_session *s, const struct now *now)
{
	(void)s;
	return now->interrupted;
}

/* where the host counts loaded types, has_other_types() sees it instead */
static bool may_see_more(const struct ofl_session *s, const struct now *now)
{
	return !now->begin && s->analysis && s->analysis->owners.blind &&
	       !(s->t->host && s->t->host->types);
}

/* every cause to find something anew is a row here and nowhere else */
static const struct {
	bool (*holds)(const struct ofl_session *s, const struct now *now);
	bool all;		/* facts, zones and sections too, not only drivers */
} causes[] = {
	/* pages and zones change while they are read */
	{ is_live, true },
	/* crash left a command by a jump: anything may be half done */
	{ was_left, true },
	/* the dump's file was written to */
	{ is_written_to, true },
	/* the user loaded, or unloaded, types of modules: mod -s, mod -d */
	{ has_other_types, true },
	/* -C: what our own reader has read is to be read by crash */
	{ is_doubted, true },
	/* the two readers gave different bytes: neither can be trusted */
	{ differs, true },
	/* ^C may have cut the walk of a driver's list short */
	{ was_interrupted, false },
	/* a driver could not be asked: the user may load its types now */
	{ may_see_more, false },
};

static void drop_stale(struct ofl_session *s, const struct now *now)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(causes); i++) {
		if (!causes[i].holds(s, now))
			continue;
		if (causes[i].all)
			ofl_session_drop(s);
		else
			drop_analysis(s);
	}
}

/* ---- a command ---- */

/* a kernel before v5.8: what tells where its memory blocks are, are late facts */
static bool has_no_index(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_SECTIONS_PER_BLOCK) &&
	       !ofl_blocks_indexed(l);
}

static enum ofl_status load(struct ofl_session *s, struct ofl_err *err)
{
	const struct ofl_target *t = &s->counting;
	struct ofl_missed before;
	enum ofl_status st;

	if (s->loaded) {
		ofl_missed_again(t, &s->facts_missed);
		return OFL_OK;
	}
	before = ofl_missed_begin(t);
	ofl_missed_what(t, "facts of the kernel");
	/* before any fact: its types would answer, too */
	st = ofl_typed_check(s->t, err);
	if (!st)
		st = ofl_layout_load(t, &s->layout, err);
	if (!st)
		st = ofl_section_find_vmemmap(s->t, &s->layout, err);
	ofl_missed_what(t, "nodes and zones");
	if (!st && ofl_nodes_load(t, &s->layout, &s->nodes, err))
		st = ofl_fail_in(err, "nodes and zones");
	if (!st)
		st = ofl_section_size_check(t, &s->layout, &s->nodes, err);
	ofl_missed_end(t, &before, &s->facts_missed);
	if (st)
		ofl_session_drop(s);
	else
		s->loaded = true;
	if (!st)
		ofl_typed_doubt(s->t, s->doubt, sizeof(s->doubt));
	return st;
}

enum ofl_status ofl_session_begin(struct ofl_session *s, bool host_only,
				  struct ofl_err *err)
{
	const struct ofl_target *t = s->t;
	struct now now = { .begin = true, .host_only = host_only };
	struct ofl_err ignored;
	enum ofl_status st;

	/* anew for each command: crash's target is known when one runs */
	s->counting = *t;
	s->counting.missed = &s->missed;
	ofl_host_reads(t, host_only);
	now.stamp = ofl_stamp(t);
	now.types = ofl_types_stamp(t);
	drop_stale(s, &now);
	s->stamp = now.stamp;
	s->types = now.types;
	s->host_only = host_only && (s->host_only || !s->loaded);
	s->running = true;
	s->asked = false;
	s->missed = (struct ofl_missed){ .reads = 0 };
	s->late_counted = false;
	st = load(s, err);
	/* not had: then states of blocks are not known, which commands say */
	if (!st && has_no_index(&s->layout))
		ofl_session_late(s, &ignored);
	return st;
}

enum ofl_status ofl_session_late(struct ofl_session *s, struct ofl_err *err)
{
	const struct ofl_target *t = &s->counting;
	struct ofl_missed before;
	enum ofl_status st;

	if (s->late) {
		if (!s->late_counted)
			ofl_missed_again(t, &s->late_missed);
		s->late_counted = true;
		return OFL_OK;
	}
	before = ofl_missed_begin(t);
	ofl_missed_what(t, "facts of the kernel");
	st = ofl_layout_load_late(t, &s->layout, err);
	if (st)
		ofl_fail_in(err, "what judging pages needs to know");
	else
		ofl_pageblocks_find_order(&s->layout);
	ofl_missed_end(t, &before, &s->late_missed);
	s->late = s->late_counted = !st;
	return st;
}

enum ofl_status ofl_session_holders(struct ofl_session *s, struct ofl_err *err)
{
	if (!s->holders && ofl_layout_load_holders(s->t, &s->layout, err))
		return ofl_fail_in(err, "what naming holders of pages needs to know");
	s->holders = true;
	return OFL_OK;
}

const struct ofl_ram *ofl_session_ram(void *session)
{
	struct ofl_session *s = session;
	/* what is missed makes unknown pages, which are counted: see scan.h */
	const struct ofl_missed missed = s->missed;
	const bool late_counted = s->late_counted;
	struct ofl_err ignored;

	if (s->ram_loaded)
		return &s->ram;
	s->ram_loaded = !ofl_session_late(s, &ignored) &&
			!ofl_ram_load(&s->counting, &s->layout, &s->ram,
				      &ignored);
	s->missed = missed;
	s->late_counted = late_counted;
	return s->ram_loaded ? &s->ram : NULL;
}

enum ofl_status ofl_session_analysis(struct ofl_session *s,
				     struct ofl_analysis **ret,
				     struct ofl_err *err)
{
	enum ofl_status st = ofl_session_late(s, err);

	*ret = NULL;
	if (st)
		return st;
	if (!s->layout.pageblocks_asked)
		ofl_pageblocks_find_end(s->t, &s->layout);
	if (!s->analysis) {
		s->analysis = calloc(1, sizeof(*s->analysis));
		if (!s->analysis)
			return ofl_fail(err, OFL_ERR_NOMEM,
					"no memory for the owners");
		st = ofl_analysis_load(&s->counting, &s->layout, &s->nodes,
				       s->analysis, err);
	} else {
		ofl_missed_again(&s->counting, &s->analysis->missed);
	}
	if (st)
		drop_analysis(s);
	*ret = s->analysis;
	s->asked = s->analysis != NULL;
	return st;
}

enum ofl_status ofl_session_end(struct ofl_session *s, struct ofl_err *err)
{
	enum ofl_status st = ofl_readers_agree(s->t, err);
	const struct now now = {
		.stamp = s->stamp, .types = s->types,
		.host_only = s->host_only, .differ = st,
		.interrupted = ofl_interrupted(s->t),
	};

	drop_stale(s, &now);
	/* what this command's pages made known is for the next one to find */
	if (s->analysis)
		ofl_owners_forget(&s->analysis->owners);
	s->running = false;
	return st;
}
