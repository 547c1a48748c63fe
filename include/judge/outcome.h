/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome.h - what becomes of pages, steps and blocks, in one enum
 *
 * Depends on nothing but the C library. What a page comes to decides its step,
 * and the steps decide the block; so all three have the same outcomes, and a
 * row says how each of them is called.
 */
#ifndef OFL_OUTCOME_H
#define OFL_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

/** enum ofl_outcome - rows of outcomes.def */
enum ofl_outcome {
#define OUTCOME(id, ...) OFL_OUT_##id,
#include "judge/outcomes.def"
#undef OUTCOME
	OFL_NR_OUTCOMES
};

/** struct ofl_outcome_row - see outcomes.def */
struct ofl_outcome_row {
	unsigned int rank;	/* below OFL_NR_OUTCOMES */
	bool passes;
	const char *page, *step, *block;
};

extern const struct ofl_outcome_row ofl_outcome_rows[OFL_NR_OUTCOMES];

/** ofl_outcome_worse() - the one of higher rank */
static inline enum ofl_outcome ofl_outcome_worse(enum ofl_outcome a,
						 enum ofl_outcome b)
{
	return ofl_outcome_rows[a].rank > ofl_outcome_rows[b].rank ? a : b;
}

/**
 * ofl_outcome_of_rank() - to go through them by rank, the worst at
 * OFL_NR_OUTCOMES - 1
 */
enum ofl_outcome ofl_outcome_of_rank(unsigned int rank);

/*
 * STEP(id, text, reason, passes, blocked_next, retries_next, unknown_next)
 *
 * text:   name, for columns and JSON; the code of a block that it decides
 * reason: the kernel's words when the step fails: the reason strings of
 *         offline_pages(), printed by pr_debug()
 * passes: what is so when it does not
 * *_next: what a person can do where the step decides without a page; blocked_next
 *         where it spins, too. OFL_BY_PAGES: only pages make it so, and their rows
 *         say what to do.
 */
#define OFL_STEPS(STEP)							       \
	/* memory_block_offline(): zone is NULL; test_pages_in_a_zone() */     \
	STEP(ZONE, "zone", "multizone range", "one zone",		       \
	     "never: a block is offlined only if one zone has all of it",      \
	     OFL_BY_PAGES, OFL_NEXT_DUMP)				       \
	/* offline_pages(): walk_system_ram_range() */			       \
	STEP(HOLES, "holes", "memory holes", "every page is System RAM",       \
	     "never: a block is offlined only if all of it is System RAM",     \
	     OFL_BY_PAGES, OFL_NEXT_DUMP)				       \
	STEP(ISOLATE, "isolate", "failure to isolate range",		       \
	     "every page can be isolated",				       \
	     OFL_BY_PAGES, OFL_BY_PAGES, OFL_NEXT_DUMP)			       \
	/* memory_notify(): NOTIFY_BAD */				       \
	STEP(NOTIFY, "notify", "notifier failure",			       \
	     "no callback is known to refuse",				       \
	     "never: this architecture keeps the memory of the boot",	       \
	     OFL_BY_PAGES,						       \
	     "load the modules' symbols with mod -S, and ask again; or look what the callback does") \
	/* alloc_migration_target(): -ENOMEM, and offline_pages() tries again */ \
	STEP(SCAN, "scan-migrate", "unmovable page", "nothing to migrate",     \
	     "free huge pages of that size in other blocks, or end the processes that map those of this one", \
	     "free memory, or add some that may take these pages: it goes on by itself then", \
	     OFL_NEXT_DUMP)						       \
	STEP(DISSOLVE, "dissolve", "failure to dissolve huge pages",	       \
	     "no huge page in the way",					       \
	     "end the process that reserved huge pages, or enlarge the pool",	       \
	     OFL_BY_PAGES, OFL_NEXT_DUMP)				       \
	STEP(TEST, "test-isolated", "signal backoff",			       \
	     "every page is free or left out",				       \
	     OFL_BY_PAGES, OFL_BY_PAGES, OFL_NEXT_DUMP)

#define OFL_BY_PAGES	NULL

/**
 * enum ofl_step - the steps of offline_pages(), rows of OFL_STEPS
 *
 * Shape:  the kernel's order since v5.17 as far as a table is printed; which
 *         comes first in this kernel: ofl_step_order().
 */
enum ofl_step {
#define STEP(id, text, reason, passes, blocked_next, retries_next, unknown_next) \
	OFL_STEP_##id,
	OFL_STEPS(STEP)
#undef STEP
	OFL_NR_STEPS
};

/** struct ofl_step_row - see OFL_STEPS */
struct ofl_step_row {
	const char *text, *reason, *passes;
	const char *blocked_next, *retries_next, *unknown_next;
};

extern const struct ofl_step_row ofl_step_rows[OFL_NR_STEPS];

/*
 * PLAIN(id, outcome, code, reason, next): a verdict that neither a page nor a step
 * decides; OFL_BY_BLOCK: next.c says it, with the block's own number
 */
#define OFL_PLAIN_VERDICTS(PLAIN)					       \
	PLAIN(FREE, OFFLINABLE, "", "",					       \
	      "offline the block: nothing is in the way")		       \
	/* memory_subsys_offline(): MEM_OFFLINE returns at once */	       \
	PLAIN(OFFLINE, OFFLINE, "offline", "already offline", OFL_BY_BLOCK)    \
	/* whether it is online, in which zone, and what of it is its memmap */ \
	PLAIN(UNREAD, UNKNOWN, "block-unread",				       \
	      "its memory_block cannot be read", OFL_NEXT_DUMP)		       \
	PLAIN(NO_HOTREMOVE, UNKNOWN, "no-hotremove",			       \
	      "no symbol offline_pages: CONFIG_MEMORY_HOTREMOVE is off, or vmlinux lacks symbols", \
	      OFL_NEXT_SYMBOLS)						       \
	/* not a page of it was seen: a filter, or the memmap is gone */       \
	PLAIN(NOT_SCANNED, UNKNOWN, "not-scanned",			       \
	      "no page of it could be looked at", OFL_NEXT_DUMP)

#define OFL_BY_BLOCK	NULL

/** enum ofl_plain - rows of OFL_PLAIN_VERDICTS */
enum ofl_plain {
#define PLAIN(id, outcome, code, reason, next) OFL_PLAIN_##id,
	OFL_PLAIN_VERDICTS(PLAIN)
#undef PLAIN
	OFL_NR_PLAIN
};

/** struct ofl_plain_row - see OFL_PLAIN_VERDICTS */
struct ofl_plain_row {
	enum ofl_outcome outcome;
	const char *code, *reason, *next;
};

extern const struct ofl_plain_row ofl_plain_rows[OFL_NR_PLAIN];

#endif
