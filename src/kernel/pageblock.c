// SPDX-License-Identifier: GPL-2.0-or-later
/* pageblock.c - read the state of pageblocks */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/pageblock.h"

#define TYPE_BITS	3	/* PB_migrate to PB_migrate_end */
#define MOVABLE		1	/* MIGRATE_MOVABLE */
#define HIGHATOMIC	3	/* MIGRATE_HIGHATOMIC */
#define SURE		4	/* so many times as many pageblocks say so */
#define MAX_ORDER	20

/* four bits, or eight since isolation is a bit of its own */
static unsigned int state_bits(const struct ofl_layout *l)
{
	if (ofl_fact_known(l, OFL_F_PB_ISOLATE))
		return 8;
	return (unsigned int)ofl_fact_value(l, OFL_F_NR_PAGEBLOCK_BITS, 0);
}

static uint64_t per_section(const struct ofl_layout *l)
{
	int64_t order = ofl_fact_value(l, OFL_F_PAGEBLOCK_ORDER, -1);

	return order < 0 || order > MAX_ORDER ? 0 : l->section_pages >> order;
}

/* usemap_size(): SECTION_BLOCKFLAGS_BITS, in whole words */
static uint64_t bytes_of(const struct ofl_layout *l, uint64_t pageblocks)
{
	return (pageblocks * state_bits(l) + 63) / 64 * 8;
}

static uint64_t words_bytes(const struct ofl_layout *l)
{
	return bytes_of(l, per_section(l));
}

void ofl_pageblocks_find_order(struct ofl_layout *l)
{
	struct ofl_fact *f = &l->fact[OFL_F_PAGEBLOCK_ORDER];
	uint64_t words = l->usage_apart_bytes -
			 ofl_fact_u64(l, OFL_F_PAGEBLOCK_FLAGS);
	int order, found = -1, fitting = 0;

	if (!l->usage_apart_bytes || !ofl_fact_known(l, OFL_F_PAGEBLOCK_FLAGS) ||
	    (f->known && !strncmp(f->source, "variable", 8)))
		return;
	for (order = 0; order <= MAX_ORDER && l->section_pages >> order; order++)
		if (words && bytes_of(l, l->section_pages >> order) == words) {
			found = order;
			fitting++;
		}
	if (fitting != 1 || (f->known && f->value == found))
		return;
	f->known = true;
	f->value = found;
	snprintf(f->source, sizeof(f->source), "%" PRIu64 " bytes of words a section", words);
}

static bool has_states(const struct ofl_layout *l)
{
	unsigned int bits = state_bits(l);

	/* a pageblock is no larger than a section */
	return (bits == 4 || bits == 8) && words_bytes(l) &&
	       words_bytes(l) <= OFL_MAX_PAGEBLOCK_BYTES;
}

static bool read_words(const struct ofl_target *t, const struct ofl_layout *l,
		       const struct ofl_section *s, uint64_t *word)
{
	return has_states(l) && s->pageblocks_kva &&
	       ofl_read(t, s->pageblocks_kva, word, words_bytes(l)) ==
	       OFL_READ_OK;
}

bool ofl_pageblocks_touched(const struct ofl_target *t,
			    const struct ofl_layout *l,
			    const struct ofl_section *s, bool *ret)
{
	uint64_t word[OFL_MAX_PAGEBLOCK_BYTES / 8], any = 0, i;

	if (!read_words(t, l, s, word))
		return false;
	for (i = 0; i < words_bytes(l) / 8; i++)
		any |= word[i];
	*ret = any;
	return true;
}

/** struct votes - which order makes most pageblocks movable */
struct votes {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	uint64_t low, top;
};

static enum ofl_status count_votes(void *arg, const struct ofl_section *s)
{
	uint64_t word[OFL_MAX_PAGEBLOCK_BYTES / 8], i, state;
	struct votes *v = arg;

	if (!s->online || s->corrupt || !read_words(v->t, v->l, s, word))
		return OFL_OK;
	for (i = 0; i < per_section(v->l); i++) {
		state = word[i / 16] >> i % 16 * 4 & 0xf;
		v->low += (state & 7) == MOVABLE;
		v->top += state >> 1 == MOVABLE;
	}
	return OFL_OK;
}

static enum ofl_pageblock_order vote(const struct ofl_target *t,
				     const struct ofl_layout *l)
{
	struct ofl_target uncounted = *t;
	struct votes v = { .t = &uncounted, .l = l };
	struct ofl_section_stats stats;

	/* it is missed where a page's own state is asked for */
	uncounted.missed = NULL;
	ofl_section_walk(&uncounted, l, 0, l->nr_sections * l->section_pages,
			 count_votes, &v, &stats);
	if (v.low > SURE * v.top)
		return OFL_PB_FROM_LOW;
	return v.top > SURE * v.low ? OFL_PB_FROM_TOP : OFL_PB_FROM_NOWHERE;
}

static enum ofl_pageblock_order find_end(const struct ofl_target *t,
					 const struct ofl_layout *l)
{
	if (!has_states(l))
		return OFL_PB_FROM_NOWHERE;
	if (ofl_fact_known(l, OFL_F_PB_ISOLATE) ||
	    ofl_fact_known(l, OFL_F_BLOCK_ZONE))
		return OFL_PB_FROM_LOW;
	if (ofl_fact_known(l, OFL_F_SECTION_PAGEBLOCKS))
		return OFL_PB_FROM_TOP;
	return vote(t, l);
}

void ofl_pageblocks_find_end(const struct ofl_target *t, struct ofl_layout *l)
{
	l->pageblock_end = find_end(t, l);
	l->pageblocks_asked = true;
}

void ofl_pageblocks_init(struct ofl_pageblocks *pb, const struct ofl_target *t,
			 const struct ofl_layout *l)
{
	memset(pb, 0, sizeof(*pb));
	pb->t = t;
	pb->l = l;
	pb->order = l->pageblocks_asked ?
		    (enum ofl_pageblock_order)l->pageblock_end : find_end(t, l);
}

void ofl_pageblocks_enter(struct ofl_pageblocks *pb, const struct ofl_section *s)
{
	pb->known = pb->order != OFL_PB_FROM_NOWHERE &&
		    read_words(pb->t, pb->l, s, pb->word);
}

/*
 * pfn_to_bitidx(), get_pfnblock_bitmap_bitidx() in v7.3, and
 * __get_pfnblock_flags_mask(): the state of a pageblock, its type in the low bits: a
 * nibble or a byte. Until
 * v5.8 a bit was found by (word >> (BITS_PER_LONG - bitidx - 1)), so that the
 * first pageblock is at the top of a word, and its type at the top of a state.
 */
static unsigned int state_of(const struct ofl_pageblocks *pb, uint64_t nr)
{
	unsigned int bits = state_bits(pb->l);
	unsigned int at = (unsigned int)(nr * bits % 64);
	uint64_t word = pb->word[nr * bits / 64];

	if (pb->order == OFL_PB_FROM_TOP)
		return (unsigned int)(word >> (64 - at - TYPE_BITS) & 7);
	return (unsigned int)(word >> at & ((1u << bits) - 1));
}

uint64_t ofl_pageblocks_pages(const struct ofl_pageblocks *pb)
{
	return pb->known ? 1ull << pb->l->fact[OFL_F_PAGEBLOCK_ORDER].value : 0;
}

static unsigned int state_at(const struct ofl_pageblocks *pb,
			     const struct ofl_section *s, uint64_t pfn)
{
	return state_of(pb, (pfn - s->start_pfn) >>
			pb->l->fact[OFL_F_PAGEBLOCK_ORDER].value);
}

bool ofl_pageblock_may_move(const struct ofl_pageblocks *pb,
			    const struct ofl_section *s, uint64_t pfn)
{
	return !pb->known ||
	       (state_at(pb, s, pfn) & ((1u << TYPE_BITS) - 1)) == MOVABLE;
}

enum ofl_pageblock ofl_pageblock_of(const struct ofl_pageblocks *pb,
				    const struct ofl_section *s, uint64_t pfn)
{
	const struct ofl_layout *l = pb->l;
	int64_t isolate = ofl_fact_value(l, OFL_F_PB_ISOLATE, -1), type;
	unsigned int state;

	if (!pb->known)
		return OFL_PB_UNKNOWN;
	/* get_pfnblock_migratetype(): in v7.3 isolation is a bit beside the type */
	state = state_at(pb, s, pfn);
	if (isolate >= 0 && isolate < 8 && (state >> isolate & 1))
		return OFL_PB_ISOLATED;
	type = state & ((1u << TYPE_BITS) - 1);
	if (isolate < 0 && type == ofl_fact_value(l, OFL_F_MIGRATE_ISOLATE, -1))
		return OFL_PB_ISOLATED;
	if (type == ofl_fact_value(l, OFL_F_MIGRATE_CMA, -1))
		return OFL_PB_CMA;
	/* the others have been 0 to 3 since MIGRATE_HIGHATOMIC (v4.4) */
	return type > HIGHATOMIC ? OFL_PB_UNKNOWN : OFL_PB_USUAL;
}
