/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - one kernel, and what the commands before found out about it
 *
 * Depends on layout.h, node.h, recall.h, analysis.h. A dump does not change:
 * facts, zones, drivers and scanned sections are found once and kept for the
 * next command. session.c alone decides what may be kept; a command only asks.
 */
#ifndef OFL_SESSION_H
#define OFL_SESSION_H

#include "kernel/node.h"
#include "layout/layout.h"
#include "scan/recall.h"
#include "session/analysis.h"

/** struct ofl_session - what is kept between commands */
struct ofl_session {
	const struct ofl_target *t;	/* borrowed */
	bool loaded;		/* layout and nodes hold */
	bool late;		/* the late facts of the layout, too */
	bool holders;		/* and those that name holders */
	struct ofl_layout layout;
	struct ofl_nodes nodes;
	struct ofl_analysis *analysis;	/* NULL: not yet */
	struct ofl_recall recall;
	struct ofl_ram ram;	/* for scans that meet pages of no state, */
	bool ram_loaded;	/* if one did */

	/*
	 * A scan counts the pages that it cannot read. Every other read that
	 * fails is counted here, as it may be why an answer is poorer: those of
	 * this command, and those for what it uses of commands before.
	 */
	struct ofl_target counting;	/* @t, with @missed */
	struct ofl_missed missed;
	struct ofl_missed facts_missed;	/* for layout and nodes */
	struct ofl_missed late_missed;	/* for the late facts, */
	bool late_counted;		/* by this command already */

	/* what all of it was read from, to see whether it still is the same */
	uint64_t stamp;		/* of the dump's file */
	uint64_t types;		/* of the types that are loaded */
	char doubt[240];	/* ofl_typed_doubt(), of those of the kernel */
	bool host_only;		/* the extension's own reader read none of it */
	bool running;		/* a command began and has not ended */
	bool asked;		/* it needed the analysis */
};

/**
 * ofl_session_init() - a session over @t; nothing is read yet
 * @t: in  may be NULL, as when the extension is loaded: @s->t is set before the
 *         first command then
 */
void ofl_session_init(struct ofl_session *s, const struct ofl_target *t);

/**
 * ofl_session_target() - the kernel that the next command asks
 *
 * Shape:  of one kernel all the time; called before each command where the
 *         session was made before there was a target.
 */
void ofl_session_target(struct ofl_session *s, const struct ofl_target *t);

/** ofl_session_drop() - forget and free everything; may be used again */
void ofl_session_drop(struct ofl_session *s);

/**
 * ofl_session_begin() - a command begins: drop what is stale, load the facts
 * @host_only: in  the host reads every page for this command
 *
 * Errors: of ofl_layout_load() and ofl_nodes_load(); nothing is kept then.
 */
enum ofl_status ofl_session_begin(struct ofl_session *s, bool host_only,
				  struct ofl_err *err);

/**
 * ofl_session_late() - find the late facts, unless they are there
 *
 * Errors: of ofl_layout_load_late(); the session is as good as before.
 */
enum ofl_status ofl_session_late(struct ofl_session *s, struct ofl_err *err);

/**
 * ofl_session_holders() - find the facts that name holders, unless they are there
 *
 * Errors: of ofl_layout_load_holders(); the session is as good as before.
 */
enum ofl_status ofl_session_holders(struct ofl_session *s, struct ofl_err *err);

/**
 * ofl_session_ram() - busy RAM by the iomem tree, for struct ofl_scan_request
 * @session: in  a struct ofl_session
 *
 * Shape:  found when it is first asked for; NULL if it is not known.
 */
const struct ofl_ram *ofl_session_ram(void *session);

/**
 * ofl_session_analysis() - the late facts, and what a verdict needs
 * @ret: out  valid until ofl_session_end()
 *
 * Shape:  found by the first command that asks, kept for all that follow. It
 *         is as if found anew: no answer depends on what was asked before.
 * Errors: of ofl_session_late() and ofl_analysis_load().
 */
enum ofl_status ofl_session_analysis(struct ofl_session *s,
				     struct ofl_analysis **ret,
				     struct ofl_err *err);

/**
 * ofl_session_end() - a command ended: drop what must not be kept
 *
 * Shape:  also after a failure, ofl_session_begin()'s included.
 * Errors: OFL_ERR_CONFLICT: the two readers gave different bytes at some point
 *         of the command, so that no result of it can be trusted.
 */
enum ofl_status ofl_session_end(struct ofl_session *s, struct ofl_err *err);

#endif
