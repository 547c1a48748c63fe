// SPDX-License-Identifier: GPL-2.0-or-later
/* next.c - what a person can do about it */
#include <string.h>

#include "judge/next.h"
#include "owners/driver.h"
#include "target/count.h"

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
	{ "outside-records", "look at its records (offowner -v): the driver is at work, or failed halfway",
	  WAIT_NEXT },
	{ "unplugged-not-offline", REPORT_NEXT, WAIT_NEXT },
	{ "not-listed", LISTS_NEXT, WAIT_NEXT },
	{ "mixed-never-onlined", REPORT_NEXT, WAIT_NEXT },
	{ "offline-plugged", "look at its records (offowner -v): the driver is at work, or failed halfway",
	  WAIT_NEXT },
	{ "in-flight", NULL, WAIT_NEXT },
	{ "owner-unknown", NULL,
	  "load the types of the driver's module with mod -s, and ask again" },
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
	  "offowner -v says which sub-blocks cannot go and who holds pages of them; the driver tries again by itself" },
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

const char *ofl_block_next(const struct ofl_block_report *r)
{
	const char *next = NULL;

	/* memory_block_online(): -EHWPOISON */
	if (r->verdict == OFL_OUT_OFFLINE)
		return r->block->poisoned ? POISON_NEXT :
		       "write online or online_movable to /sys/devices/system/memory/memoryN/state to use the block again";
	if (r->verdict == OFL_OUT_OFFLINABLE)
		return "offline the block: nothing is in the way";
	if (r->decider != OFL_NR_KINDS)
		return ofl_page_next(r->decider, &r->kind[r->decider].claim);
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
