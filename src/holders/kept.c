// SPDX-License-Identifier: GPL-2.0-or-later
/* kept.c - the holders of each block of a pass, for the next command */
#include <stdlib.h>
#include <string.h>

#include "holders/kept.h"

void ofl_kept_holders_free(struct ofl_kept_holders *k)
{
	ofl_holders_close(k->holders);
	free(k->block);
	free(k->share);
	memset(k, 0, sizeof(*k));
}

bool ofl_kept_holders_begin(struct ofl_kept_holders *k, const struct ofl_env *env,
			    const struct ofl_filter *f)
{
	ofl_kept_holders_free(k);
	k->filter = *f;
	k->holders = ofl_holders_open(env, f->lo_pfn, f->hi_pfn);
	if (k->holders)
		ofl_holders_pin(k->holders);
	return k->holders;
}

/* room for @more behind the @nr that there are */
static bool grow(void **array, size_t nr, size_t more, size_t *max, size_t bytes)
{
	size_t want = *max;
	void *got;

	while (want < nr + more)
		want += want / 2 + 64;
	if (want == *max)
		return true;
	got = want * bytes > OFL_KEPT_BYTES ? NULL :
	      realloc(*array, want * bytes);
	if (!got)
		return false;
	*array = got;
	*max = want;
	return true;
}

void ofl_kept_holders_add(struct ofl_kept_holders *k, uint64_t block_nr,
			  const struct ofl_share *share, size_t nr)
{
	k->lost = k->lost ||
		  !grow((void **)&k->block, k->nr_blocks, 1, &k->max_blocks,
			sizeof(*k->block)) ||
		  !grow((void **)&k->share, k->nr_shares, nr, &k->max_shares,
			sizeof(*k->share));
	if (k->lost)
		return;
	k->block[k->nr_blocks++] = (struct ofl_kept_block){
		.nr = block_nr, .first = k->nr_shares, .nr_shares = nr,
	};
	if (nr)
		memcpy(&k->share[k->nr_shares], share, nr * sizeof(*share));
	k->nr_shares += nr;
}

void ofl_kept_holders_end(struct ofl_kept_holders *k, bool sound)
{
	k->whole = sound && !k->lost && !ofl_holders_lost(k->holders) &&
		   ofl_holders_pinned(k->holders);
}

bool ofl_kept_holders_of(const struct ofl_kept_holders *k,
			 const struct ofl_filter *f)
{
	return k->whole && ofl_filter_same(&k->filter, f);
}

static int by_number(const void *key, const void *element)
{
	uint64_t nr = *(const uint64_t *)key;
	const struct ofl_kept_block *b = element;

	return nr < b->nr ? -1 : nr > b->nr;
}

const struct ofl_share *ofl_kept_holders_find(const struct ofl_kept_holders *k,
					      uint64_t block_nr, size_t *nr)
{
	const struct ofl_kept_block *b = k->nr_blocks ?
		bsearch(&block_nr, k->block, k->nr_blocks, sizeof(*k->block),
			by_number) : NULL;

	*nr = b ? b->nr_shares : 0;
	return *nr ? &k->share[b->first] : NULL;
}
