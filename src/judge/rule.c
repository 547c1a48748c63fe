// SPDX-License-Identifier: GPL-2.0-or-later
/* rule.c - the skip-on-offline rule and everything around it, as a table */
#include <stddef.h>

#include "owners/next_texts.h"
#include "judge/rule.h"

#define EITHER(movable, movable_step, other, other_step) \
	OFL_OUT_##movable, OFL_STEP_##movable_step, \
	OFL_OUT_##other, OFL_STEP_##other_step
#define BOTH(out, step)	EITHER(out, step, out, step)
#define ALLOC_IN(movable, other)	OFL_OUT_##movable, OFL_OUT_##other
#define ALLOC(out)	ALLOC_IN(out, out)
#define YES		true
#define NO		false
#define NOTHING		NULL

const struct ofl_rule_row ofl_rule_rows[OFL_NR_KINDS] = {
#define NO_TRAIT	0
#define HELD		OFL_TRAIT_HELD
#define OF_KERNEL	OFL_TRAIT_OF_KERNEL
#define REPLACED	OFL_TRAIT_REPLACED
#define REFS		OFL_TRAIT_REFS
#define UNSETTLED	OFL_TRAIT_UNSETTLED
#define KIND(id, code, offline, becomes, contig, trait, may, severity, next, what) \
	[OFL_KIND_##id] = { code, what, next, offline, trait, \
			    OFL_SEV_##severity, becomes, contig },
#include "judge/kinds.def"
#undef KIND
};

/*
 * __test_page_isolated_in_pageblock(): PageOffline && !page_count. It matters
 * which driver leaves a page so: virtio_mem_fake_offline_going_offline() would
 * take one reference more of a page of an unplugged sub-block.
 */
static enum ofl_kind unheld_kind(const struct ofl_rule_in *in)
{
	if (in->unit_tail)
		return OFL_KIND_OFFLINE_UNIT_TAIL;
	if (in->mgo != OFL_MGO_DROPS)
		return OFL_KIND_OFFLINE_ZERO_REF;
	return in->going_offline ? OFL_KIND_OFFLINE_SKIP :
				   OFL_KIND_OFFLINE_UNDERFLOW;
}

/* isolate_movable_page(), and what its driver makes of the page then */
static enum ofl_kind movable_kind(const struct ofl_rule_in *in)
{
	if (in->isolated)
		return OFL_KIND_OFFLINE_ISOLATED;
	if (in->hwpoison)
		return OFL_KIND_MOVABLE_POISONED;
	/* balloon_page_isolate() has had it, __SetPageIsolated() comes next */
	if (in->unlisted && in->locked && in->refcount > 1)
		return OFL_KIND_OFFLINE_ISOLATED;
	if (in->unlisted)
		return OFL_KIND_OFFLINE_UNLISTED;
	if (in->refcount != 1)
		return in->refcount ? OFL_KIND_OFFLINE_MOVABLE_HELD :
				      OFL_KIND_OFFLINE_MOVABLE_ZERO;
	return OFL_KIND_OFFLINE_MOVABLE;
}

/*
 * scan_movable_pages(): movable operations go before PageOffline, and that is
 * asked for its reference count only after the notifiers have had their say.
 */
static enum ofl_kind offline_kind(const struct ofl_rule_in *in)
{
	if (in->refcount < 0)
		return OFL_KIND_OFFLINE_BAD_REF;
	if (in->compound)
		return OFL_KIND_OFFLINE_COMPOUND;
	if (in->rival)
		return OFL_KIND_OFFLINE_TWICE;
	/* balloon_page_isolate(): a page without device is not isolated */
	if (in->in_flight)
		return OFL_KIND_OFFLINE_IN_FLIGHT;
	if (in->movable_ops && in->deviceless)
		return OFL_KIND_OFFLINE_OWNER_UNKNOWN;
	if (in->movable_ops)
		return movable_kind(in);
	if (in->movable_untold &&
	    (in->mgo == OFL_MGO_NONE || in->mgo == OFL_MGO_UNKNOWN))
		return OFL_KIND_UNTOLD;
	if (in->skip_rule == OFL_UNSURE)
		return OFL_KIND_OFFLINE_RULE_UNKNOWN;
	if (in->skip_rule == OFL_NO)
		return OFL_KIND_OFFLINE_NO_RULE;
	if (in->refcount == 0)
		return unheld_kind(in);
	/* virtio_mem_memory_notifier_cb(), MEM_GOING_OFFLINE */
	switch (in->mgo) {
	case OFL_MGO_DROPS:
		return in->refcount == 1 ? OFL_KIND_OFFLINE_DRIVER :
					   OFL_KIND_OFFLINE_EXTRA_REF;
	case OFL_MGO_ASSUMED:
		return in->refcount == 1 ? OFL_KIND_OFFLINE_ASSUMED :
					   OFL_KIND_OFFLINE_EXTRA_REF;
	case OFL_MGO_KEEPS:
		return in->at_work ? OFL_KIND_OFFLINE_PLUGGED_BUSY :
				     OFL_KIND_OFFLINE_PLUGGED;
	case OFL_MGO_REFUSES:
		return OFL_KIND_OFFLINE_REMOVING;
	case OFL_MGO_UNKNOWN:
		return OFL_KIND_OFFLINE_OWNER_UNKNOWN;
	case OFL_MGO_NONE:
		break;
	}
	return OFL_KIND_OFFLINE_HELD;
}

/* dissolve_free_huge_page(), dissolve_free_hugetlb_folio() */
static enum ofl_kind free_hugetlb_kind(const struct ofl_rule_in *in)
{
	if (in->spare == OFL_NO)
		return OFL_KIND_HUGETLB_RESERVED;
	if (in->spare == OFL_UNSURE)
		return OFL_KIND_HUGETLB_POOL_UNKNOWN;
	return in->optimized == OFL_NO ? OFL_KIND_HUGETLB_FREE :
					 OFL_KIND_HUGETLB_OPTIMIZED;
}

static enum ofl_kind hugetlb_kind(const struct ofl_rule_in *in)
{
	/* isolate_single_pageblock() */
	if (in->fits != OFL_YES)
		return in->fits == OFL_NO ? OFL_KIND_HUGETLB_CROSSES :
					    OFL_KIND_HUGETLB_CROSSES_UNKNOWN;
	if (in->arch_untold)
		return OFL_KIND_HUGETLB_ARCH;
	if (in->refcount == 0)
		return free_hugetlb_kind(in);
	/* scan_movable_pages(): page_huge_active() before v5.12 */
	if (in->migratable != OFL_YES)
		return in->migratable == OFL_NO ? OFL_KIND_HUGETLB_STUCK :
						  OFL_KIND_HUGETLB_UNKNOWN;
	if (in->kept)
		return OFL_KIND_HUGETLB_KEPT;
	if (in->room != OFL_YES)
		return in->room == OFL_NO ? OFL_KIND_HUGETLB_NO_ROOM :
					    OFL_KIND_HUGETLB_ROOM_UNKNOWN;
	if (in->held != OFL_NO)
		return in->held == OFL_YES ? OFL_KIND_HUGETLB_HELD :
					     OFL_KIND_HUGETLB_UNCOUNTED;
	if (in->nth > 2)
		return OFL_KIND_HUGETLB_SWAPS;
	/* do_migrate_range(), then dissolve_free_huge_pages() */
	if (in->optimized != OFL_NO)
		return OFL_KIND_HUGETLB_USED_OPTIMIZED;
	return in->nth == 2 ? OFL_KIND_HUGETLB_SECOND :
	       in->nth == 1 ? OFL_KIND_HUGETLB_FIRST : OFL_KIND_HUGETLB;
}

/*
 * lru_cache_disable() comes before start_isolate_page_range(); where there is
 * none, what is in a batch is on no list yet when has_unmovable_pages() looks.
 */
static bool comes_late(const struct ofl_rule_in *in)
{
	return in->drained != OFL_YES && !in->going_offline;
}

/*
 * do_migrate_range(): what is on the LRU lists, or gets there when the batches
 * are drained, migrates if nothing but its mappings refers to it.
 */
static enum ofl_kind lru_kind(const struct ofl_rule_in *in)
{
	if (in->never)
		return OFL_KIND_LRU_NEVER;
	if (in->left_alone)
		return in->taken_off ? OFL_KIND_LRU_POISONED_OFF :
				       OFL_KIND_LRU_POISONED;
	if (in->held == OFL_YES)
		return in->removed ? OFL_KIND_LRU_REMOVED : OFL_KIND_LRU_HELD;
	if (in->buffers)
		return OFL_KIND_LRU_BUFFERS;
	if (in->held == OFL_UNSURE)
		return OFL_KIND_LRU_UNCOUNTED;
	if (in->lru)
		return OFL_KIND_LRU;
	return comes_late(in) ? OFL_KIND_LRU_LATE : OFL_KIND_LRU_IN_FLIGHT;
}

/* nothing that moves pages knows it */
static enum ofl_kind unmapped_kind(const struct ofl_rule_in *in)
{
	if (in->fresh)
		return OFL_KIND_FRESH;
	if (in->charge_untold)
		return OFL_KIND_UNTOLD;
	return in->untouched ? OFL_KIND_UNTOUCHED : OFL_KIND_KERNEL;
}

/*
 * A page that was mapped and is on no list. folio_batch_move_lru(): what else
 * refers to it finds it on the LRU list when its batch was drained.
 */
static enum ofl_kind batch_kind(const struct ofl_rule_in *in)
{
	if (in->batched == OFL_UNSURE)
		return OFL_KIND_BATCH_UNKNOWN;
	if (in->batched == OFL_NO)
		return unmapped_kind(in);
	if (in->held == OFL_YES)
		return OFL_KIND_LRU_HELD;
	return comes_late(in) ? OFL_KIND_BATCH_LATE : OFL_KIND_BATCH;
}

/*
 * A page with a reference that is neither free, offline nor huge: the end of
 * has_unmovable_pages(), "PageLRU or movable operations, else unmovable".
 */
static enum ofl_kind held_kind(const struct ofl_rule_in *in)
{
	if (in->slab)
		return OFL_KIND_SLAB;
	if (in->lru)
		return lru_kind(in);
	if (in->movable_ops)
		return OFL_KIND_MOVABLE_OPS;
	if (in->movable_untold)
		return OFL_KIND_UNTOLD;
	if (in->typed)
		return in->allocation ? OFL_KIND_KERNEL : OFL_KIND_TYPED;
	if (in->mapping)
		return lru_kind(in);
	return in->was_mapped ? batch_kind(in) : unmapped_kind(in);
}

/* without a reference, and not in the buddy */
static enum ofl_kind idle_kind(const struct ofl_rule_in *in)
{
	if (in->slab)
		return OFL_KIND_FROZEN;
	if (!in->typed)
		return in->rest == OFL_NO ? OFL_KIND_PCP :
		       in->rest == OFL_YES ? OFL_KIND_POISONED_REST :
					     OFL_KIND_POISONED_REST_UNKNOWN;
	if (in->guard == OFL_UNSURE)
		return OFL_KIND_UNTOLD;
	return in->guard == OFL_YES ? OFL_KIND_GUARD : OFL_KIND_FROZEN;
}

/*
 * has_unmovable_pages() passes a poisoned page before it asks for movable
 * operations; for scan_movable_pages() it is one that can move, all the same.
 */
static enum ofl_kind poisoned_kind(const struct ofl_rule_in *in)
{
	if (in->refcount && in->movable_untold)
		return OFL_KIND_UNTOLD;
	return in->movable_ops ? OFL_KIND_MOVABLE_POISONED : OFL_KIND_HWPOISON;
}

/*
 * The order of set_migratetype_isolate() and has_unmovable_pages(): the
 * pageblock, PG_reserved, then what it is.
 */
enum ofl_kind ofl_rule_kind(const struct ofl_rule_in *in)
{
	if (in->unknown)
		return OFL_KIND_UNKNOWN;
	/* memory_block_offline() begins behind them */
	if (in->memmap)
		return OFL_KIND_MEMMAP;
	/* has_unmovable_pages(): is_migrate_cma() refuses all but CMA itself */
	if (in->pageblock == OFL_PB_CMA)
		return OFL_KIND_CMA;
	/* set_migratetype_isolate(): "already isolated" */
	if (in->pageblock == OFL_PB_ISOLATED && !in->going_offline)
		return OFL_KIND_PB_ISOLATED;
	/* has_unmovable_pages(): PageReserved() */
	if (in->reserved)
		return in->offline ? OFL_KIND_OFFLINE_RESERVED :
				     OFL_KIND_RESERVED;
	/* virtio_mem_fake_offline_going_offline() does not ask for the mark */
	if (in->missing)
		return in->at_work ? OFL_KIND_NOT_OFFLINE_BUSY :
				     OFL_KIND_NOT_OFFLINE;
	/* __test_page_isolated_in_pageblock(): PageBuddy() */
	if (in->buddy)
		return OFL_KIND_FREE;
	if (in->untold)
		return OFL_KIND_UNTOLD;
	if (in->hugetlb)
		return hugetlb_kind(in);
	if (in->offline)
		return offline_kind(in);
	if (in->unaccepted)
		return OFL_KIND_UNACCEPTED;
	/* do_migrate_range(): hwpoison or not, it is unmapped or migrated */
	if (in->lru)
		return lru_kind(in);
	/* has_unmovable_pages(): PageTransCompound comes before PageHWPoison */
	if (in->hwpoison && in->compound && in->compound_unseen)
		return OFL_KIND_POISONED_REST;
	if (in->hwpoison && !in->compound)
		return poisoned_kind(in);
	/* has_unmovable_pages(): !page_ref_count passes, whatever it is */
	return in->refcount == 0 && !in->compound ? idle_kind(in) :
						    held_kind(in);
}

bool ofl_rule_orphan(enum ofl_kind kind, const struct ofl_claim *claim)
{
	return ofl_rule_is(kind, OFL_TRAIT_HELD) && !claim->owner && !claim->blind;
}

const char *ofl_rule_what(enum ofl_kind kind, const struct ofl_claim *claim)
{
	if (kind == OFL_KIND_OFFLINE_HELD && ofl_rule_orphan(kind, claim))
		return "its driver is gone; cannot be moved or left out";
	return ofl_rule_rows[kind].what;
}
