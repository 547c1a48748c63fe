// SPDX-License-Identifier: GPL-2.0-or-later
/* next.c - what a person can do about it */
#include <inttypes.h>
#include <string.h>

#include "judge/next.h"
#include "owners/next_texts.h"
#include "owners/owner.h"
#include "target/count.h"
#include "target/text.h"

#define POISON_NEXT \
	"leave it offline and replace the memory: its poison is forgotten when it is removed, or at a reboot"
/* virtio_mem_memory_notifier_cb(): while vm->removing */
#define REMOVING_NEXT \
	"wait until the device is removed, then try again: its driver refuses no longer then"
#define RECORDS_NEXT \
	"take a dump that has all records of the drivers, and ask again"

const char *ofl_page_next(enum ofl_kind kind, const struct ofl_claim *claim)
{
	if (ofl_rule_orphan(kind, claim))
		return OFL_NEXT_ORPHAN;
	if (ofl_rule_is(kind, OFL_TRAIT_HELD) && claim->owner && claim->owner->next)
		return claim->owner->next;
	return ofl_rule_rows[kind].next;
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
	{ OFL_NEXT_SHRINK, IN_VERBOSE, "offowner", OFL_NEXT_SHRINK_HERE },
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

/* what no page decides; NULL: the dump does not say enough */
static const char *step_next(const struct ofl_block_report *r)
{
	const struct ofl_step_row *step = &ofl_step_rows[r->decided_at];

	if (r->plain)
		return r->plain->next;
	if (r->verdict == OFL_OUT_RETRIES)
		return step->retries_next;
	if (r->verdict == OFL_OUT_BLOCKED || r->verdict == OFL_OUT_SPINS)
		return r->driver_refuses ? REMOVING_NEXT : step->blocked_next;
	return r->verdict == OFL_OUT_UNKNOWN ? step->unknown_next : NULL;
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
	if (r->decider != OFL_NR_KINDS && ofl_rule_is(r->decider, OFL_TRAIT_OF_KERNEL) &&
	    !(zone && zone->type == ofl_fact_value(env->l, OFL_F_ZONE_MOVABLE,
						  -1)))
		later = next_time[comes];
	next = ofl_next_as(next ? next : OFL_NEXT_DUMP, &asked);
	/* somebody is in offline_pages() with it */
	ofl_text_put(buf, bytes, "%s%s%s", next, later, tries ?
		     "; \"foreach bt -R offline_pages\" names the task that tries" :
		     "");
}
