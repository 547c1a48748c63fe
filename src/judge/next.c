// SPDX-License-Identifier: GPL-2.0-or-later
/* next.c - what a person can do about it */
#include <inttypes.h>
#include <string.h>

#include "judge/next.h"
#include "judge/next_texts.h"
#include "owners/owner.h"
#include "target/count.h"
#include "target/text.h"

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
#define POISON_NEXT \
	"leave it offline and replace the memory: its poison is forgotten when it is removed, or at a reboot"
#define WAIT_NEXT	"wait until the driver has ended, then take another dump"
/* alloc_migration_target(): -ENOMEM, and offline_pages() tries again */
#define ROOM_NEXT \
	"free memory, or add some that may take these pages: it goes on by itself then"
/* virtio_mem_memory_notifier_cb(): while vm->removing */
#define REMOVING_NEXT \
	"wait until the device is removed, then try again: its driver refuses no longer then"
#define DUMP_NEXT	"take a dump that has this memory, and ask again"
#define RECORDS_NEXT \
	"take a dump that has all records of the drivers, and ask again"
#define SHRINK_NEXT \
	" which sub-blocks cannot go and who holds pages of them; the driver tries again by itself"

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

/* an info is explained by something, as a rule by a driver at work: it is to be waited for */
static const struct {
	const char *code, *next, *info_next;
} codes[] = {
	/* of verdicts without a step */
	{ "not-scanned", DUMP_NEXT, NULL },
	{ "no-hotremove",
	  "start crash with the vmlinux that has all symbols, and ask again",
	  NULL },
	/* of pages, held against the records of drivers */
	{ "orphan", ORPHAN_NEXT, NULL },
	{ "claimed-twice", LISTS_NEXT, NULL },
	{ "outside-records", OFL_NEXT_RECORDS,
	  WAIT_NEXT },
	{ "unplugged-not-offline", REPORT_NEXT, WAIT_NEXT },
	{ "not-listed", LISTS_NEXT, WAIT_NEXT },
	{ "mixed-never-onlined", REPORT_NEXT, WAIT_NEXT },
	{ "offline-plugged", OFL_NEXT_RECORDS,
	  WAIT_NEXT },
	{ "in-flight", NULL, WAIT_NEXT },
	{ "owner-unknown", NULL,
	  OFL_NEXT_TYPES },
	/* of the records themselves */
	{ "counter-mismatch", LISTS_NEXT, NULL },
	{ "counter-negative", REPORT_NEXT, NULL },
	{ "records-broken", REPORT_NEXT, NULL },
	{ "records-unreadable", NULL, DUMP_NEXT },
	{ "list-broken", LISTS_NEXT, NULL },
	{ "list-interrupted", NULL, "run the command again, without ^C" },
	{ "list-unreadable", NULL, DUMP_NEXT },
	{ "listed-not-offline", REPORT_NEXT, NULL },
	{ "listed-bad-ref", REPORT_NEXT, NULL },
	{ "listed-extra-ref", LISTS_NEXT, NULL },
	{ "listed-not-online", REPORT_NEXT, NULL },
	{ "listed-bad-pointer", REPORT_NEXT, NULL },
	{ "plugged-size", LISTS_NEXT, WAIT_NEXT },
	{ "offline-size", LISTS_NEXT, WAIT_NEXT },
	{ "block-state", LISTS_NEXT, WAIT_NEXT },
	{ "block-count", LISTS_NEXT, WAIT_NEXT },
	/* the host has announced them so, and nothing else is wrong */
	{ "regions-overlap", NULL, NULL },
	{ "above-request", NULL,
	  "offowner -v says" SHRINK_NEXT },
	{ "below-request", NULL,
	  "online the device's blocks that are offline: the driver adds no more while too many are; else look for virtio_mem in dmesg" },
	{ "below-target", NULL,
	  "make room on the host (xl info: free_memory): the driver asks Xen again by itself" },
	{ "above-target", NULL,
	  "free memory in the guest: the driver tries again by itself" },
};

const char *ofl_code_next(const char *code, enum ofl_severity severity)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(codes); i++)
		if (!strcmp(codes[i].code, code))
			return severity == OFL_SEV_INFO ?
			       codes[i].info_next : codes[i].next;
	return NULL;
}

/* ---- said otherwise, where that is not true ---- */

/** enum when - a command says it; with -v; or no types lack, in any command */
enum when { IN_COMMAND, IN_VERBOSE, TYPES_KNOWN };

static const struct {
	const char *next;
	enum when when;
	const char *command, *here;
} otherwise[] = {
	{ OFL_NEXT_TYPES, TYPES_KNOWN, NULL, RECORDS_NEXT },
	{ OFL_NEXT_VMEM_TYPES, TYPES_KNOWN, NULL, RECORDS_NEXT },
	{ OFL_NEXT_RECORDS, IN_VERBOSE, "offowner",
	  "look at its records, which are here: the driver is at work, or failed halfway" },
	{ "offowner -v says" SHRINK_NEXT, IN_VERBOSE, "offowner",
	  "look at the rows of its sub-blocks, which are here: they say" SHRINK_NEXT },
	{ OFL_NEXT_ZERO_REF, IN_COMMAND, "offowner", OFL_NEXT_ZERO_REF_HERE },
	{ OFL_NEXT_UNLISTED, IN_COMMAND, "offcheck", OFL_NEXT_UNLISTED_HERE },
	{ OFL_NEXT_TWICE, IN_COMMAND, "offcheck", OFL_NEXT_TWICE_HERE },
};

const char *ofl_next_as(const char *next, const struct ofl_next_asked *asked)
{
	bool is[] = { [TYPES_KNOWN] = !asked->types };
	size_t i;

	for (i = 0; next && i < OFL_COUNT(otherwise); i++) {
		if (strcmp(otherwise[i].next, next))
			continue;
		is[IN_COMMAND] = otherwise[i].command &&
				 !strcmp(otherwise[i].command, asked->command);
		is[IN_VERBOSE] = is[IN_COMMAND] && asked->verbose;
		if (is[otherwise[i].when])
			return otherwise[i].here;
	}
	return next;
}

/* ---- blocks ---- */

/* memory that the kernel itself takes is not in ZONE_MOVABLE */
static const char *const next_time[] = {
	[OFL_COMES_UNKNOWN] = "; next time have it in ZONE_MOVABLE: online it with online_movable, or boot with movable_node",
	[OFL_COMES_AT_BOOT] = "; next time boot with movable_node, if the firmware says that this memory can be unplugged, or with movablecore=",
	[OFL_COMES_LATER] = "; next time online the memory with online_movable",
};

static bool is_of_kernel(enum ofl_kind kind)
{
	return kind == OFL_KIND_SLAB || kind == OFL_KIND_FROZEN ||
	       kind == OFL_KIND_TYPED || kind == OFL_KIND_KERNEL;
}

/* what no page decides */
static const char *step_next(const struct ofl_block_report *r)
{
	const char *next = NULL;

	if (r->verdict == OFL_OUT_OFFLINABLE)
		return "offline the block: nothing is in the way";
	if (r->verdict == OFL_OUT_RETRIES)
		return ROOM_NEXT;
	if (r->verdict == OFL_OUT_BLOCKED && r->driver_refuses)
		return REMOVING_NEXT;
	next = ofl_code_next(r->code, OFL_SEV_NONE);
	if (!next && r->verdict == OFL_OUT_BLOCKED)
		next = blocked_next[r->decided_at];
	if (!next && r->verdict == OFL_OUT_UNKNOWN)
		next = unknown_next[r->decided_at];
	return next ? next : DUMP_NEXT;
}

void ofl_block_next(const struct ofl_env *env, const struct ofl_block_report *r,
		    enum ofl_comes comes, char *buf, size_t bytes)
{
	const struct ofl_next_asked asked = {
		"offblock", false, ofl_owners_want_types(env->owners),
	};
	const struct ofl_zone *zone = ofl_report_zone(r);
	const char *next, *later = "";
	bool tries = r->verdict == OFL_OUT_RETRIES &&
		     r->block->state == OFL_BLOCK_GOING_OFFLINE;

	/* memory_block_online(): -EHWPOISON */
	if (r->verdict == OFL_OUT_OFFLINE && !r->block->poisoned) {
		ofl_text_put(buf, bytes, "write online or online_movable to /sys/devices/system/memory/memory%"
			     PRIu64 "/state to use the block again",
			     r->block->nr);
		return;
	}
	if (r->verdict == OFL_OUT_OFFLINE)
		next = POISON_NEXT;
	else if (r->decider != OFL_NR_KINDS)
		next = ofl_page_next(r->decider, &r->kind[r->decider].claim);
	else
		next = step_next(r);
	if (r->decider != OFL_NR_KINDS && is_of_kernel(r->decider) &&
	    !(zone && zone->type == ofl_fact_value(env->l, OFL_F_ZONE_MOVABLE,
						  -1)))
		later = next_time[comes];
	next = ofl_next_as(next ? next : DUMP_NEXT, &asked);
	/* somebody is in offline_pages() with it */
	ofl_text_put(buf, bytes, "%s%s%s", next, later, tries ?
		     "; \"foreach bt -R offline_pages\" names the task that tries" :
		     "");
}
