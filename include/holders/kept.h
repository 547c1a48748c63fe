/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kept.h - who holds the pages of each block, for the next command
 *
 * Depends on holders.h. A dump does not change, so the same blocks have the same
 * holders. What is kept goes with the verdicts of the same pass.
 */
#ifndef OFL_KEPT_H
#define OFL_KEPT_H

#include "holders/holders.h"

/* if they take more, none is kept: a name is some 300 bytes, a share 100 */
#define OFL_KEPT_BYTES		(32u << 20)

/** struct ofl_kept_block - a block whose holders were asked for */
struct ofl_kept_block {
	uint64_t nr;
	size_t first, nr_shares;	/* in share[] */
};

/** struct ofl_kept_holders - of the blocks of one filter; zeros: none yet */
struct ofl_kept_holders {
	bool whole;			/* all that follows holds */
	bool lost;			/* some had no room */
	struct ofl_filter filter;
	struct ofl_holders *holders;	/* has the names, and the totals; owned */
	struct ofl_kept_block *block;	/* ascending; owned */
	size_t nr_blocks, max_blocks;
	struct ofl_share *share;	/* owned */
	size_t nr_shares, max_shares;
};

/**
 * ofl_kept_holders_begin() - keep what a pass over the blocks of @f will find
 *
 * Shape:  @k->holders is there to be asked, until ofl_kept_holders_free().
 * Errors: false: no memory.
 */
bool ofl_kept_holders_begin(struct ofl_kept_holders *k, const struct ofl_env *env,
			    const struct ofl_filter *f);

/** ofl_kept_holders_add() - the shares of a block; blocks ascend */
void ofl_kept_holders_add(struct ofl_kept_holders *k, uint64_t block_nr,
			  const struct ofl_share *share, size_t nr);

/**
 * ofl_kept_holders_end() - the pass is over
 * @sound: in  it came to its end, and nothing of it could not be read
 *
 * Shape:  whole, unless there was no room for a name or a share.
 */
void ofl_kept_holders_end(struct ofl_kept_holders *k, bool sound);

/** ofl_kept_holders_of() - are these the blocks whose holders are kept? */
bool ofl_kept_holders_of(const struct ofl_kept_holders *k,
			 const struct ofl_filter *f);

/** ofl_kept_holders_find() - the shares of a block; none: @nr is 0 */
const struct ofl_share *ofl_kept_holders_find(const struct ofl_kept_holders *k,
					      uint64_t block_nr, size_t *nr);

/** ofl_kept_holders_free() - forget all; twice is fine */
void ofl_kept_holders_free(struct ofl_kept_holders *k);

#endif
