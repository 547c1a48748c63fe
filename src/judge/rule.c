// SPDX-License-Identifier: GPL-2.0-or-later
/* rule.c - the skip-on-offline rule and everything around it, as a table */
#include "judge/rule.h"

#define BOTH(out, step)	OFL_OUT_##out, OFL_OUT_##out, \
			OFL_STEP_##step, OFL_STEP_##step
/* passes isolation in ZONE_MOVABLE on trust, and is never found isolated */
#define SPINS_OR_BLOCKS	OFL_OUT_SPINS, OFL_OUT_BLOCKS, \
			OFL_STEP_TEST, OFL_STEP_ISOLATE

const struct ofl_rule_row ofl_rule_rows[OFL_NR_KINDS] = {
	[OFL_KIND_FREE] = { "free", "free", BOTH(FREE, TEST) },
	[OFL_KIND_PCP] = { "pcp", "free on a per-cpu list, drained first",
		BOTH(FREE, TEST) },
	[OFL_KIND_UNACCEPTED] = { "unaccepted", "not accepted yet",
		BOTH(FREE, ISOLATE) },
	[OFL_KIND_HWPOISON] = { "hwpoison", "hwpoisoned, skipped",
		BOTH(FREE, TEST) },
	[OFL_KIND_MEMMAP] = { "memmap", "memmap of the block itself, left out",
		BOTH(FREE, TEST) },
	[OFL_KIND_OFFLINE_SKIP] = { "offline-skip",
		"offline, refcount 0: skipped as it stands",
		BOTH(SKIPPED, TEST) },
	[OFL_KIND_OFFLINE_DRIVER] = { "offline-driver",
		"offline, its driver drops the reference in MEM_GOING_OFFLINE",
		BOTH(DRIVER, NOTIFY) },
	[OFL_KIND_OFFLINE_ASSUMED] = { "offline-driver-assumed",
		"offline in a virtio-mem region whose books are not to be read",
		BOTH(UNKNOWN, NOTIFY) },
	[OFL_KIND_OFFLINE_MOVABLE] = { "offline-movable",
		"offline balloon page that its driver can migrate",
		BOTH(MIGRATES, SCAN) },
	[OFL_KIND_OFFLINE_ISOLATED] = { "offline-isolated",
		"offline balloon page in the middle of its migration",
		BOTH(MIGRATES, SCAN) },
	[OFL_KIND_OFFLINE_HELD] = { "offline-held",
		"offline, referenced, neither migratable nor dropped by a driver",
		BOTH(BLOCKS, SCAN) },
	[OFL_KIND_OFFLINE_EXTRA_REF] = { "offline-extra-ref",
		"offline, with a reference more than its driver would drop",
		BOTH(BLOCKS, SCAN) },
	[OFL_KIND_OFFLINE_PLUGGED] = { "offline-plugged",
		"offline, but its driver's books say plugged",
		BOTH(BLOCKS, SCAN) },
	[OFL_KIND_OFFLINE_REMOVING] = { "offline-removing",
		"offline, its device is being removed and refuses",
		BOTH(BLOCKS, NOTIFY) },
	[OFL_KIND_OFFLINE_UNIT_TAIL] = { "offline-unit-tail",
		"offline, refcount 0, but part of a 2 MiB unit with a referenced head",
		BOTH(BLOCKS, SCAN) },
	/* isolation does not look for an offline mark on a compound page */
	[OFL_KIND_OFFLINE_COMPOUND] = { "offline-compound",
		"offline, referenced, in a compound page",
		OFL_OUT_BLOCKS, OFL_OUT_BLOCKS,
		OFL_STEP_SCAN, OFL_STEP_ISOLATE },
	[OFL_KIND_OFFLINE_RESERVED] = { "offline-reserved",
		"offline and PG_reserved", BOTH(BLOCKS, ISOLATE) },
	[OFL_KIND_OFFLINE_NO_RULE] = { "offline-no-rule",
		"offline in a kernel that does not skip such pages (before 5.8)",
		SPINS_OR_BLOCKS },
	[OFL_KIND_OFFLINE_BAD_REF] = { "offline-bad-ref",
		"offline with a negative reference count",
		BOTH(BLOCKS, SCAN) },
	[OFL_KIND_RESERVED] = { "reserved",
		"PG_reserved: boot allocation or hole", BOTH(BLOCKS, ISOLATE) },
	[OFL_KIND_CMA] = { "cma", "in a CMA pageblock", BOTH(BLOCKS, ISOLATE) },
	[OFL_KIND_PB_ISOLATED] = { "isolated-pageblock",
		"in a pageblock that somebody else has isolated right now",
		BOTH(BLOCKS, ISOLATE) },
	[OFL_KIND_LRU] = { "lru", "page cache or anonymous memory",
		BOTH(MIGRATES, SCAN) },
	[OFL_KIND_LRU_IN_FLIGHT] = { "lru-in-flight",
		"mapped memory that is off the LRU lists right now",
		BOTH(MIGRATES, SCAN) },
	[OFL_KIND_MOVABLE_OPS] = { "movable-ops",
		"driver page with movable operations", BOTH(MIGRATES, SCAN) },
	[OFL_KIND_HUGETLB] = { "hugetlb", "huge page in use",
		BOTH(MIGRATES, SCAN) },
	[OFL_KIND_HUGETLB_STUCK] = { "hugetlb-stuck",
		"huge page in use that is not migratable", BOTH(SPINS, TEST) },
	[OFL_KIND_HUGETLB_FREE] = { "hugetlb-free", "free huge page, dissolved",
		BOTH(FREE, DISSOLVE) },
	[OFL_KIND_HUGETLB_RESERVED] = { "hugetlb-reserved",
		"free huge page that the pool has promised to somebody",
		BOTH(BLOCKS, DISSOLVE) },
	[OFL_KIND_SLAB] = { "slab", "slab", SPINS_OR_BLOCKS },
	[OFL_KIND_FROZEN] = { "frozen",
		"kernel allocation with refcount 0 (slab since v6.14): isolated unseen",
		BOTH(SPINS, TEST) },
	[OFL_KIND_TYPED] = { "typed", "page table or other typed kernel page",
		SPINS_OR_BLOCKS },
	[OFL_KIND_KERNEL] = { "kernel", "kernel allocation", SPINS_OR_BLOCKS },
	[OFL_KIND_UNKNOWN] = { "unknown", "struct page not known",
		BOTH(UNKNOWN, SCAN) },
};

static enum ofl_kind offline_kind(const struct ofl_rule_in *in)
{
	if (in->refcount < 0)
		return OFL_KIND_OFFLINE_BAD_REF;
	if (in->compound)
		return OFL_KIND_OFFLINE_COMPOUND;
	if (in->movable_ops)
		return in->isolated ? OFL_KIND_OFFLINE_ISOLATED :
				      OFL_KIND_OFFLINE_MOVABLE;
	if (!in->skip_rule)
		return OFL_KIND_OFFLINE_NO_RULE;
	if (in->refcount == 0)
		return in->unit_tail ? OFL_KIND_OFFLINE_UNIT_TAIL :
				       OFL_KIND_OFFLINE_SKIP;
	switch (in->mgo) {
	case OFL_MGO_DROPS:
		return in->refcount == 1 ? OFL_KIND_OFFLINE_DRIVER :
					   OFL_KIND_OFFLINE_EXTRA_REF;
	case OFL_MGO_ASSUMED:
		return in->refcount == 1 ? OFL_KIND_OFFLINE_ASSUMED :
					   OFL_KIND_OFFLINE_EXTRA_REF;
	case OFL_MGO_KEEPS:
		return OFL_KIND_OFFLINE_PLUGGED;
	case OFL_MGO_REFUSES:
		return OFL_KIND_OFFLINE_REMOVING;
	case OFL_MGO_NONE:
		break;
	}
	return OFL_KIND_OFFLINE_HELD;
}

static enum ofl_kind hugetlb_kind(const struct ofl_rule_in *in)
{
	if (in->refcount == 0)
		return in->hugetlb_spare ? OFL_KIND_HUGETLB_FREE :
					   OFL_KIND_HUGETLB_RESERVED;
	return in->hugetlb_migratable ? OFL_KIND_HUGETLB :
					OFL_KIND_HUGETLB_STUCK;
}

/* a page with a reference that is neither free, offline nor huge */
static enum ofl_kind held_kind(const struct ofl_rule_in *in)
{
	if (in->slab)
		return OFL_KIND_SLAB;
	if (in->lru)
		return OFL_KIND_LRU;
	if (in->movable_ops)
		return OFL_KIND_MOVABLE_OPS;
	if (in->typed)
		return OFL_KIND_TYPED;
	return in->mapping ? OFL_KIND_LRU_IN_FLIGHT : OFL_KIND_KERNEL;
}

/* the kernel's own order: the pageblock, PG_reserved, then what it is */
enum ofl_kind ofl_rule_kind(const struct ofl_rule_in *in)
{
	if (in->unknown)
		return OFL_KIND_UNKNOWN;
	if (in->memmap)
		return OFL_KIND_MEMMAP;
	if (in->pageblock == OFL_PB_CMA)
		return OFL_KIND_CMA;
	if (in->pageblock == OFL_PB_ISOLATED && !in->going_offline)
		return OFL_KIND_PB_ISOLATED;
	if (in->reserved)
		return in->offline ? OFL_KIND_OFFLINE_RESERVED :
				     OFL_KIND_RESERVED;
	if (in->hugetlb)
		return hugetlb_kind(in);
	if (in->offline)
		return offline_kind(in);
	if (in->buddy)
		return OFL_KIND_FREE;
	if (in->unaccepted)
		return OFL_KIND_UNACCEPTED;
	if (in->lru)		/* hwpoison or not, it is unmapped or migrated */
		return OFL_KIND_LRU;
	if (in->hwpoison)
		return OFL_KIND_HWPOISON;
	if (in->refcount == 0 && !in->compound)
		return in->slab || in->typed ? OFL_KIND_FROZEN : OFL_KIND_PCP;
	return held_kind(in);
}

const char *ofl_outcome_text(enum ofl_outcome out)
{
	static const char *const text[OFL_NR_OUTCOMES] = {
		[OFL_OUT_FREE] = "free",
		[OFL_OUT_SKIPPED] = "skipped",
		[OFL_OUT_DRIVER] = "driver",
		[OFL_OUT_MIGRATES] = "migrates",
		[OFL_OUT_UNKNOWN] = "unknown",
		[OFL_OUT_SPINS] = "spins",
		[OFL_OUT_BLOCKS] = "blocks",
	};

	return text[out];
}

const char *ofl_step_text(enum ofl_step step)
{
	static const char *const text[OFL_NR_STEPS] = {
		[OFL_STEP_ZONE] = "zone",
		[OFL_STEP_HOLES] = "holes",
		[OFL_STEP_ISOLATE] = "isolate",
		[OFL_STEP_NOTIFY] = "notify",
		[OFL_STEP_SCAN] = "scan-migrate",
		[OFL_STEP_DISSOLVE] = "dissolve",
		[OFL_STEP_TEST] = "test-isolated",
	};

	return text[step];
}

const char *ofl_step_reason(enum ofl_step step)
{
	static const char *const text[OFL_NR_STEPS] = {
		[OFL_STEP_ZONE] = "multizone range",
		[OFL_STEP_HOLES] = "memory holes",
		[OFL_STEP_ISOLATE] = "failure to isolate range",
		[OFL_STEP_NOTIFY] = "notifier failure",
		[OFL_STEP_SCAN] = "unmovable page",
		[OFL_STEP_DISSOLVE] = "failure to dissolve huge pages",
		[OFL_STEP_TEST] = "signal backoff",
	};

	return text[step];
}
