// SPDX-License-Identifier: GPL-2.0-or-later
/* classify.c - from page to page: what each is, and for how many that holds */
#include <string.h>

#include "judge/classify.h"
#include "judge/hugetlb.h"
#include "judge/inspect.h"
#include "judge/older.h"
#include "judge/untold.h"
#include "kernel/pagereader.h"

/* ---- set-up ---- */

void ofl_classifier_init(struct ofl_classifier *c, const struct ofl_env *env,
			 const struct ofl_owners *owners,
			 const struct ofl_blocks *blocks)
{
	const struct ofl_layout *l = env->l;

	memset(c, 0, sizeof(*c));
	c->env = env;
	c->owners = owners;
	c->blocks = blocks;
	ofl_page_format_init(&c->format, l, env->n);
	c->refs = (struct ofl_refs_from){ .t = env->t, .f = &c->format,
					  .batches = env->batches };
	c->at.block_nr = c->section_nr = UINT64_MAX;
	c->apart_pfn = OFL_NO_PFN;
	ofl_untold(c);
	ofl_hugetlb_init(c);
	ofl_pageblocks_init(&c->pageblocks, env->t, l);
}

void ofl_classifier_resume(struct ofl_classifier *c,
			   const struct ofl_class_state *at)
{
	c->at = *at;
	c->like.end_pfn = 0;
	c->block = ofl_blocks_find(c->blocks, at->block_nr);
}

/* ---- one page ---- */

static void find_owner(const struct ofl_classifier *c, const struct ofl_page *p,
		       struct ofl_rule_in *in, struct ofl_classified *ret)
{
	const struct ofl_owner_page page = {
		.pfn = p->pfn, .private = p->private,
		.movable_ops = p->movable_ops,
	};

	ofl_owners_claim(c->owners, &page, &ret->claim);
	in->mgo = !ret->claim.owner && ret->claim.blind ? OFL_MGO_UNKNOWN :
							  ret->claim.mgo;
	in->unit_tail |= ret->claim.unit_tail;
	in->in_flight = ret->claim.in_flight;
	in->deviceless = ret->claim.deviceless;
	in->rival = ret->claim.rival;
	in->unlisted = ret->claim.owner ?
		       ret->claim.evidence == OFL_EV_POINTER &&
		       !ret->claim.list_cut : !ret->claim.blind;
	in->at_work = in->mgo == OFL_MGO_KEEPS &&
		      ofl_owners_busy(c->owners, &ret->claim);
}

/* the records of some driver want a page to be offline that is not */
static void expect(struct ofl_classifier *c, uint64_t pfn,
		   struct ofl_rule_in *in)
{
	struct ofl_expected *e = &c->expected;
	struct ofl_claim claim;

	if (pfn < e->start_pfn || pfn >= e->end_pfn) {
		e->start_pfn = pfn;
		e->offline = ofl_owners_expect(c->owners, pfn, &claim);
		e->end_pfn = claim.end_pfn;
		e->at_work = e->offline && ofl_owners_busy(c->owners, &claim);
	}
	in->missing = e->offline;
	in->at_work = e->at_work;
}

/*
 * Nothing is carried from block to block, so that each is judged as it is by
 * itself, and in any order: a huge page that goes on here counts in each of its
 * blocks, see catch_up() in inspect.c.
 */
static void enter_block(struct ofl_classifier *c, uint64_t nr)
{
	const struct ofl_class_state begin = { .block_nr = nr };

	ofl_classifier_resume(c, &begin);
}

static void enter(struct ofl_classifier *c, const struct ofl_section *s)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t nr = l->sections_per_block ? s->nr / l->sections_per_block : 0;

	if (s->nr != c->section_nr) {
		c->section_nr = s->nr;
		ofl_pageblocks_enter(&c->pageblocks, s);
	}
	if (nr != c->at.block_nr)
		enter_block(c, nr);
}

/* before anything of the page is known */
static void begin(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, bool offline,
		  struct ofl_classified *ret)
{
	const struct ofl_layout *l = c->env->l;

	enter(c, s);
	memset(ret, 0, sizeof(*ret));
	ret->pfn = p->pfn;
	ret->page_kva = s->memmap_kva +
			(p->pfn - s->start_pfn) * l->struct_page_bytes;
	ret->flags = p->flags & l->pageflags_mask;
	ret->refcount = p->refcount;
	ret->offline = offline;
	ret->zone = p->zone;
	ret->movable_zone = p->zone && p->zone->type ==
		ofl_fact_value(l, OFL_F_ZONE_MOVABLE, -1);
}

/* where the memmap of the block ends that it holds itself */
static uint64_t memmap_end(const struct ofl_classifier *c)
{
	return c->block->start_section_nr * c->env->l->section_pages +
	       c->block->memmap_pages;
}

/* memory of processes comes from there, so that it may be about to be such */
static bool may_be_mapped(const struct ofl_classifier *c,
			  const struct ofl_section *s, uint64_t pfn,
			  const struct ofl_classified *ret)
{
	return ret->movable_zone ||
	       ofl_pageblock_may_move(&c->pageblocks, s, pfn);
}

/* everything that the page itself says is in @in */
static void decide(struct ofl_classifier *c, const struct ofl_section *s,
		   const struct ofl_page *p, struct ofl_rule_in *in,
		   struct ofl_classified *ret)
{
	in->unit_tail = p->pfn < c->at.unit_end_pfn;
	in->pageblock = ofl_pageblock_of(&c->pageblocks, s, p->pfn);
	ret->pageblock_unknown = in->pageblock == OFL_PB_UNKNOWN;
	in->untouched &= may_be_mapped(c, s, p->pfn, ret);
	if (c->block) {
		in->going_offline = c->block->state == OFL_BLOCK_GOING_OFFLINE;
		in->memmap = p->pfn < memmap_end(c);
	}
	if (ret->offline)
		find_owner(c, p, in, ret);
	else if (s->online)
		expect(c, p->pfn, in);
	ret->file = in->lru && !in->swapbacked && !in->removed;
	ret->kind = ofl_rule_kind(in);
	ret->outcome = ofl_older_outcome(c->env->l, ret->kind, ret->movable_zone);
	ret->step = ofl_older_step(c->env->l, ret->kind, ret->movable_zone);
}

/* as far as expect() has one answer, at most @end */
static uint64_t expected_end(const struct ofl_classifier *c, uint64_t pfn,
			     uint64_t end)
{
	const struct ofl_expected *e = &c->expected;

	return pfn >= e->start_pfn && pfn < e->end_pfn && e->end_pfn < end ?
	       e->end_pfn : end;
}

/* what decide() asks about the place of a page is the same up to here */
static uint64_t place_end(const struct ofl_classifier *c,
			  const struct ofl_section *s, uint64_t pfn)
{
	uint64_t size = ofl_pageblocks_pages(&c->pageblocks);
	uint64_t end = size ? (pfn / size + 1) * size :
			      s->start_pfn + c->env->l->section_pages;

	if (c->block && pfn < memmap_end(c) && memmap_end(c) < end)
		end = memmap_end(c);
	return expected_end(c, pfn, end);
}

/*
 * Tails are what their head is. Of others the answer is made of their members
 * alone if they are no head of anything, their references do not count, and
 * nothing in front of them decides.
 */
static void note_like(struct ofl_classifier *c, const struct ofl_section *s,
		      const struct ofl_page *p, const unsigned char *raw,
		      const struct ofl_rule_in *in,
		      const struct ofl_classified *ret)
{
	const struct ofl_page_format *f = &c->format;
	uint64_t end = place_end(c, s, p->pfn);

	c->like.end_pfn = 0;
	c->like.tails = p->pfn < c->at.compound_end_pfn;
	if (c->like.tails) {
		c->like.end_pfn = end < c->at.compound_end_pfn ?
				  end : c->at.compound_end_pfn;
	} else if (!ret->offline && !ret->counted && in->rest == OFL_NO &&
		   !(p->flags & f->head) &&
		   !ofl_page_is_type(f, OFL_TYPE_BUDDY, p->type) &&
		   !(may_be_mapped(c, s, p->pfn, ret) &&
		     ofl_inspect_is_bare(c, p, raw)) &&
		   !ofl_page_is_tail(f, raw)) {
		c->like.end_pfn = end;
		if (in->buddy && c->at.free_end_pfn < end)
			c->like.end_pfn = c->at.free_end_pfn;
	}
	c->like.page = *p;
	c->like.mapping = ofl_page_mapping(f, raw);
	c->like.charge = ofl_page_charge(f, raw);
}

/* a tail or the inside of a free block: only what it might be instead matters */
static bool is_inside(const struct ofl_classifier *c, const unsigned char *raw)
{
	const struct ofl_page_format *f = &c->format;
	uint64_t flags = ofl_page_flags(f, raw);

	return flags && flags != UINT64_MAX &&
	       flags >> f->n->zone_shift ==
		       c->like.page.flags >> f->n->zone_shift &&
	       !ofl_page_is_marked_offline(f, ofl_page_type(f, raw));
}

static bool is_like(const struct ofl_classifier *c, const unsigned char *raw)
{
	const struct ofl_page_format *f = &c->format;
	const struct ofl_page *was = &c->like.page;

	return ofl_page_flags(f, raw) == was->flags &&
	       ofl_page_type(f, raw) == was->type &&
	       ofl_page_refcount(f, raw) == was->refcount &&
	       ofl_page_mapping(f, raw) == c->like.mapping &&
	       ofl_page_charge(f, raw) == c->like.charge &&
	       !ofl_page_is_tail(f, raw);
}

bool ofl_classify_same(const struct ofl_classifier *c,
		       const struct ofl_section *s, const struct ofl_page *p,
		       const unsigned char *raw)
{
	if (p->pfn >= c->like.end_pfn || s->nr != c->section_nr ||
	    p->zone != c->like.page.zone)
		return false;
	return c->like.tails || is_like(c, raw);
}

uint64_t ofl_classify_like(const struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, const unsigned char *raw,
			   uint64_t most)
{
	uint64_t bytes = c->env->l->struct_page_bytes, n;

	/* where flags say nothing, a page of zeros would be like the others */
	if (p->pfn >= c->like.end_pfn || s->nr != c->section_nr ||
	    p->zone != c->like.page.zone || !c->like.page.flags)
		return 0;
	if (most > c->like.end_pfn - p->pfn - 1)
		most = c->like.end_pfn - p->pfn - 1;
	for (n = 0; n < most; n++) {
		raw += bytes;
		if (!(c->like.tails ? is_inside(c, raw) : is_like(c, raw)))
			break;
	}
	return n;
}

void ofl_classify(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, const unsigned char *raw,
		  const unsigned char *raw_end, bool offline,
		  struct ofl_classified *ret)
{
	struct ofl_rule_in in;

	begin(c, s, p, offline, ret);
	ofl_inspect(c, p, s, raw, raw_end, offline, &in, ret);
	decide(c, s, p, &in, ret);
	note_like(c, s, p, raw, &in, ret);
}

/* ---- like offline pages, decoded already ---- */

/* a compound page: no driver makes such, so it may be read once more */
static void classify_again(struct ofl_classifier *c, const struct ofl_section *s,
			   const struct ofl_page *p, struct ofl_classified *ret)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	unsigned char raw[2 * OFL_MAX_STRUCT_PAGE];
	struct ofl_rule_in in = { .unknown = true };

	begin(c, s, p, true, ret);
	if (ofl_read(c->env->t, ret->page_kva, raw, 2 * bytes) == OFL_READ_OK)
		ofl_inspect(c, p, s, raw, raw + 2 * bytes, true, &in, ret);
	else if (ofl_read(c->env->t, ret->page_kva, raw, bytes) == OFL_READ_OK)
		ofl_inspect(c, p, s, raw, raw + bytes, true, &in, ret);
	decide(c, s, p, &in, ret);
}

/* the head of a unit differs from the page behind it: only the last can be one */
static bool last_may_head(const struct ofl_page *p, uint64_t pages)
{
	return p->refcount > 0 && !p->movable_ops &&
	       !((p->pfn + pages - 1) % OFL_UNIT_PAGES);
}

/* as far as nothing changes around like pages that decide() asks for */
static uint64_t same_place(struct ofl_classifier *c, const struct ofl_section *s,
			   uint64_t pfn, uint64_t pages)
{
	uint64_t end = pfn + pages, size = ofl_pageblocks_pages(&c->pageblocks);
	enum ofl_pageblock state = ofl_pageblock_of(&c->pageblocks, s, pfn);
	uint64_t at = size ? (pfn / size + 1) * size : end;

	while (at < end && ofl_pageblock_of(&c->pageblocks, s, at) == state)
		at += size;
	if (at < end)
		end = at;
	if (pfn < c->at.unit_end_pfn && c->at.unit_end_pfn < end)
		end = c->at.unit_end_pfn;
	if (c->block && pfn < memmap_end(c) && memmap_end(c) < end)
		end = memmap_end(c);
	return end - pfn;
}

uint64_t ofl_classify_span(struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages)
{
	struct ofl_rule_in in;

	enter(c, s);
	expect(c, p->pfn, &in);
	return expected_end(c, p->pfn, p->pfn + same_place(c, s, p->pfn, pages)) -
	       p->pfn;
}

uint64_t ofl_classify_run(struct ofl_classifier *c, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages,
			  struct ofl_classified *ret)
{
	struct ofl_rule_in in;

	if ((p->flags & c->format.head) || p->pfn < c->at.compound_end_pfn) {
		classify_again(c, s, p, ret);
		return 1;
	}
	begin(c, s, p, true, ret);
	if (p->pfn >= c->at.unit_end_pfn && last_may_head(p, pages)) {
		if (pages == 1)
			ofl_inspect_unit_at(c, p, ret->page_kva);
		else
			pages--;
	}
	ofl_inspect_decoded(c, p, true, &in);
	in.movable_ops = p->movable_ops;
	decide(c, s, p, &in, ret);
	return ofl_claim_pages(&ret->claim, p->pfn,
			       same_place(c, s, p->pfn, pages));
}
