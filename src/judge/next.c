// SPDX-License-Identifier: GPL-2.0-or-later
/* next.c - what a person can do about it */
#include <string.h>

#include "judge/next.h"
#include "owners/driver.h"

/*
 * virtio_mem_create_resource() refuses a driver that is loaded again while its
 * memory is in use ("reloading the driver is not supported"), so nothing drops
 * these references until the kernel starts anew.
 */
#define ORPHAN_NEXT \
	"only a reboot gives it back: no driver has these pages any more"
#define REPORT_NEXT \
	"report it to the maintainer of the driver, with this dump"
#define LISTS_NEXT \
	"take a second dump: if it says the same, report it to the maintainer of the driver"
#define DUMP_NEXT	"take a dump that has this memory, and ask again"

const char *ofl_page_next(enum ofl_kind kind, const struct ofl_claim *claim)
{
	if (ofl_rule_orphan(kind, claim))
		return ORPHAN_NEXT;
	if (ofl_rule_held(kind) && claim->owner && claim->owner->next)
		return claim->owner->next;
	return ofl_rule_rows[kind].next;
}

/* ---- blocks that a step decides, and no page ---- */

static const char *const blocked_next[OFL_NR_STEPS] = {
	/* memory_block_offline(): zone is NULL; test_pages_in_a_zone() */
	[OFL_STEP_ZONE] = "never: a block is offlined only if one zone has all of it",
	/* offline_pages(): walk_system_ram_range() */
	[OFL_STEP_HOLES] = "never: a block is offlined only if all of it is System RAM",
	/* memory_notify(): NOTIFY_BAD */
	[OFL_STEP_NOTIFY] = "never: this architecture keeps the memory of the boot",
};

static const char *const unknown_next[OFL_NR_STEPS] = {
	[OFL_STEP_NOTIFY] = "load the modules' symbols with mod -S, and ask again; or look what the callback does",
};

static const struct {
	const char *code, *next;
} codes[] = {
	/* of verdicts without a step */
	{ "not-scanned", DUMP_NEXT },
	{ "no-hotremove",
	  "start crash with the vmlinux that has all symbols, and ask again" },
	/* of pages, held against the records of drivers */
	{ "orphan", ORPHAN_NEXT },
	{ "claimed-twice", LISTS_NEXT },
	{ "outside-records", "run offowner -v: the driver is at work, or failed halfway" },
	{ "unplugged-not-offline", REPORT_NEXT },
	{ "not-listed", LISTS_NEXT },
	{ "mixed-never-onlined", REPORT_NEXT },
	{ "offline-plugged", "run offowner -v: the driver is at work, or failed halfway" },
	{ "in-flight", "wait until the driver has ended, then take another dump" },
	{ "owner-unknown",
	  "load the types of the driver's module with mod -s, and ask again" },
	/* of the records themselves */
	{ "counter-mismatch", LISTS_NEXT },
	{ "counter-negative", REPORT_NEXT },
	{ "records-unreadable", DUMP_NEXT },
	{ "list-broken", LISTS_NEXT },
	{ "list-interrupted", "run the command again, without ^C" },
	{ "listed-not-offline", REPORT_NEXT },
	{ "listed-bad-ref", REPORT_NEXT },
	{ "listed-extra-ref", LISTS_NEXT },
	{ "listed-not-online", REPORT_NEXT },
	{ "listed-bad-pointer", REPORT_NEXT },
	{ "plugged-size", LISTS_NEXT },
	{ "offline-size", LISTS_NEXT },
	{ "block-state", LISTS_NEXT },
	{ "block-count", LISTS_NEXT },
};

const char *ofl_code_next(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(codes[i].code, code))
			return codes[i].next;
	return NULL;
}

const char *ofl_block_next(const struct ofl_block_report *r)
{
	const char *next = NULL;

	if (r->verdict == OFL_OUT_OFFLINE)
		return NULL;
	if (r->verdict == OFL_OUT_OFFLINABLE)
		return "offline the block: nothing is in the way";
	if (r->decider != OFL_NR_KINDS)
		return ofl_page_next(r->decider, &r->kind[r->decider].claim);
	next = ofl_code_next(r->code);
	if (!next && r->verdict == OFL_OUT_BLOCKED)
		next = blocked_next[r->decided_at];
	if (!next && r->verdict == OFL_OUT_UNKNOWN)
		next = unknown_next[r->decided_at];
	return next ? next : DUMP_NEXT;
}
