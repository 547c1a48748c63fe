// SPDX-License-Identifier: GPL-2.0-or-later
/* source.c - kept, read by a copy of this process, or read by this process */
#include <stdlib.h>
#include <string.h>

#include "scan/source.h"

enum ofl_status ofl_source_open(struct ofl_source *src, struct ofl_look *look,
				struct ofl_recall *recall, struct ofl_err *err)
{
	size_t nr = look->n->nr_zones;

	*src = (struct ofl_source){ .look = look, .recall = recall };
	src->zone_of_kept = calloc(2 * nr, sizeof(*src->zone_of_kept));
	if (!src->zone_of_kept)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	src->zone_of_share = src->zone_of_kept + nr;
	return OFL_OK;
}

void ofl_source_close(struct ofl_source *src)
{
	ofl_workers_end(src->workers);
	free(src->zone_of_kept);
	free(src->sum);
	memset(src, 0, sizeof(*src));
}

/* zones shrink when memory goes offline: spans say nothing of stale pages */
bool ofl_source_wants(const struct ofl_source *src, const struct ofl_section *s)
{
	const struct ofl_look *lk = src->look;

	return !s->online ||
	       ofl_filter_wants_span(lk->filter, lk->n, s->start_pfn,
				     s->start_pfn + lk->l->section_pages);
}

/* ---- kept ---- */

static bool is_whole(const struct ofl_look *lk, const struct ofl_section *s)
{
	return s->start_pfn >= lk->filter->lo_pfn &&
	       s->start_pfn + lk->l->section_pages <= lk->filter->hi_pfn;
}

/* the section as an earlier scan saw it; NULL: it has to be read */
static const struct ofl_recalled *find_kept(const struct ofl_source *src,
					    const struct ofl_section *s)
{
	if (!src->recall || !s->online || !is_whole(src->look, s))
		return NULL;
	return ofl_recall_find(src->recall, s->nr);
}

bool ofl_source_has_kept(const struct ofl_source *src,
			 const struct ofl_section *s)
{
	return find_kept(src, s) != NULL;
}

static enum ofl_status replay_kept(const struct ofl_source *src,
				 const struct ofl_section *s,
				 const struct ofl_recalled *found,
				 const struct ofl_sinks *sinks,
				 struct ofl_scan_result *r)
{
	const struct ofl_look *lk = src->look;
	struct ofl_recalled part = *found;

	if (!ofl_filter_wants_zone(lk->filter, &lk->n->zone[found->zone])) {
		r->sections_recalled++;
		return OFL_OK;
	}
	/* pages of no zone are left out then, as look.c does */
	if (ofl_filter_names_zone(lk->filter))
		part.no_zone = 0;
	return ofl_recall_replay(src->recall, &part, s, lk->n, sinks, r);
}

/* ---- read by a copy of this process, or here meanwhile ---- */

/** struct share - the units that one process takes */
struct share {
	const struct ofl_source *src;
	struct ofl_writer *writer;	/* to the parent */
	struct ofl_sink sink[2];	/* of that; and what sums up */
	struct ofl_sinks sinks;
	struct ofl_scan_result r;	/* of one section */
	uint64_t unit, index;		/* as in struct ofl_source */
	uint64_t mine;			/* index of the unit that is taken */
	bool only_mine;			/* the walk ends with that */
	bool wrote;			/* and all of it was written so far */
};

static enum ofl_status write_section(struct share *sh, const struct ofl_section *s)
{
	const struct ofl_source *src = sh->src;
	enum ofl_status st = ofl_writer_begin(sh->writer, s);
	struct ofl_err err;

	if (!st)
		st = ofl_look_at(src->look, s, &sh->sinks, 0, &sh->r);
	if (!st && src->summing)
		src->summing->sum.take(src->summing->arg, src->sum);
	/* the parent will look at this section itself, and find the same */
	if (!st)
		st = ofl_readers_agree(src->look->t, &err);
	return st ? st : ofl_writer_end(sh->writer, s, src->sum, &sh->r);
}

/* the first section of a unit: is there one to take behind the unit before? */
static enum ofl_status enter_unit(struct share *sh, uint64_t unit)
{
	bool behind = sh->index == sh->mine;

	sh->unit = unit;
	sh->index++;
	if (!behind)
		return OFL_OK;
	if (sh->only_mine)
		return OFL_ERR_INTERRUPTED;
	sh->mine = ofl_writer_next(sh->writer);
	return OFL_OK;
}

static enum ofl_status share_section(void *arg, const struct ofl_section *s)
{
	struct share *sh = arg;
	uint64_t unit = s->nr / sh->src->unit_sections;

	/* the parent keeps what it reads, but comes to no section twice */
	if (!ofl_source_wants(sh->src, s) || find_kept(sh->src, s))
		return OFL_OK;
	if (unit != sh->unit && enter_unit(sh, unit))
		return OFL_ERR_INTERRUPTED;
	if (sh->index != sh->mine)
		return OFL_OK;
	if (ofl_interrupted(sh->src->look->t))
		return OFL_ERR_INTERRUPTED;
	sh->wrote = !write_section(sh, s);
	return sh->wrote ? OFL_OK : OFL_ERR_INTERRUPTED;
}

static void share_from(struct share *sh, uint64_t lo_pfn)
{
	const struct ofl_look *lk = sh->src->look;
	const struct ofl_sink *summing = sh->src->summing;
	struct ofl_section_stats stats;

	sh->sink[0] = ofl_writer_sink(sh->writer);
	sh->sinks = (struct ofl_sinks){ sh->sink, 1 };
	if (summing)
		sh->sink[sh->sinks.nr++] = (struct ofl_sink){
			.known = summing->known, .span = summing->span,
			.same = summing->same,
			.arg = summing->arg };
	sh->r = (struct ofl_scan_result){ .zone = sh->src->zone_of_share };
	ofl_section_walk(lk->t, lk->l, lo_pfn, lk->filter->hi_pfn,
			 share_section, sh, &stats);
}

/* all of a worker's life; it shares no memory with the parent */
static void work(void *arg, struct ofl_writer *writer)
{
	const struct ofl_source *src = arg;
	struct share sh = {
		.src = src, .writer = writer, .unit = src->unit,
		.index = src->unit_index, .mine = ofl_writer_next(writer),
	};

	share_from(&sh, src->look->filter->lo_pfn);
}

/* in the parent: one unit, from @s on, which lies in the unit in work */
static bool help(void *arg, const struct ofl_section *s, uint64_t number,
		 struct ofl_writer *writer)
{
	const struct ofl_source *src = arg;
	struct share sh = {
		.src = src, .writer = writer, .unit = src->unit,
		.index = src->unit_index, .mine = number, .only_mine = true,
	};

	share_from(&sh, s->start_pfn);
	return sh.wrote;
}

void ofl_source_share(struct ofl_source *src, unsigned int nr,
		      const struct ofl_sink *summing)
{
	struct ofl_worker_calls calls = { work, help, 0 };

	/* no unit yet: the first one is number 0 */
	src->unit = src->unit_index = UINT64_MAX;
	src->unit_sections = 1;
	if (nr <= 1)
		return;
	if (summing) {
		src->summing = summing;
		src->unit_sections = summing->sum.sections;
		calls.sum_bytes = summing->sum.bytes;
		src->sum = malloc(calls.sum_bytes);
		if (!src->sum)
			return;
	}
	src->workers = ofl_workers_start(src->look->t, src->look->n, nr,
					 &calls, src);
}

/* by a copy; what a lost copy did not write is looked at here */
static enum ofl_status read_by_worker(struct ofl_source *src,
			       const struct ofl_section *s,
			       const struct ofl_sinks *sinks,
			       struct ofl_scan_result *r)
{
	uint64_t unit = s->nr / src->unit_sections, told_pfn;
	enum ofl_status st;

	src->unit_index += unit != src->unit;
	src->unit = unit;
	if (ofl_workers_replay(src->workers, s, ofl_look_end(src->look, s), sinks,
			       r, &told_pfn, &st))
		return st;
	if (src->summing)
		src->summing->sum.resume(src->summing->arg);
	return ofl_look_at(src->look, s, sinks, told_pfn, r);
}

static enum ofl_status read_section(struct ofl_source *src,
				    const struct ofl_section *s,
				    const struct ofl_sinks *sinks,
				    struct ofl_scan_result *r)
{
	return src->workers ? read_by_worker(src, s, sinks, r) :
			   ofl_look_at(src->look, s, sinks, 0, r);
}

/* count it by itself, with one sink more, so that the next scan can have it */
static enum ofl_status read_and_keep(struct ofl_source *src,
				     const struct ofl_section *s,
				     const struct ofl_sinks *sinks,
				     struct ofl_scan_result *r)
{
	size_t nr_zones = src->look->n->nr_zones;
	struct ofl_sink with[OFL_SOURCE_SINKS + 1];
	const struct ofl_sinks all = { with, sinks->nr + 1 };
	struct ofl_scan_result one = { .zone = src->zone_of_kept };
	enum ofl_status st;

	if (sinks->nr)
		memcpy(with, sinks->sink, sinks->nr * sizeof(*with));
	with[sinks->nr] = ofl_recall_begin(src->recall);
	memset(one.zone, 0, nr_zones * sizeof(*one.zone));
	st = read_section(src, s, &all, &one);
	ofl_scan_result_add(r, &one, nr_zones);
	if (st)
		ofl_recall_drop(src->recall);
	else
		ofl_recall_end(src->recall, s, &one, nr_zones);
	return st;
}

/* a filter by node or zone does not see all of a section */
static bool can_be_kept(const struct ofl_source *src,
			const struct ofl_section *s,
			const struct ofl_sinks *sinks)
{
	return src->recall && s->online && is_whole(src->look, s) &&
	       sinks->nr <= OFL_SOURCE_SINKS &&
	       !ofl_filter_names_zone(src->look->filter);
}

enum ofl_status ofl_source_get(struct ofl_source *src,
			       const struct ofl_section *s,
			       const struct ofl_sinks *sinks,
			       struct ofl_scan_result *r)
{
	const struct ofl_recalled *found = find_kept(src, s);

	if (found)
		return replay_kept(src, s, found, sinks, r);
	return can_be_kept(src, s, sinks) ? read_and_keep(src, s, sinks, r) :
					    read_section(src, s, sinks, r);
}
