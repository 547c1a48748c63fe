// SPDX-License-Identifier: GPL-2.0-or-later
/* recall.c - what the scans of a dump saw, for the next one */
#include <stdlib.h>
#include <string.h>

#include "scan/recall.h"

void ofl_recall_free(struct ofl_recall *rc)
{
	free(rc->section);
	free(rc->note);
	memset(rc, 0, sizeof(*rc));
}

static size_t bytes_held(const struct ofl_recall *rc)
{
	return rc->room * sizeof(*rc->section) +
	       rc->note_room * sizeof(*rc->note);
}

/* room for one more of @bytes each; NULL: there is none, @all is as it was */
static void *grown(const struct ofl_recall *rc, void *all, size_t nr,
		   size_t *room, size_t bytes)
{
	size_t more = *room ? *room / 2 : 64;
	void *p;

	if (nr < *room)
		return all;
	if (bytes_held(rc) + more * bytes > OFL_RECALL_BYTES)
		return NULL;
	p = realloc(all, (*room + more) * bytes);
	if (p)
		*room += more;
	return p;
}

static enum ofl_status put_note(void *arg, const struct ofl_note *note)
{
	struct ofl_recall *rc = arg;
	struct ofl_note *all;

	if (rc->lost)
		return OFL_OK;
	all = grown(rc, rc->note, rc->nr_notes, &rc->note_room, sizeof(*all));
	rc->lost = !all;
	if (all) {
		rc->note = all;
		all[rc->nr_notes++] = *note;
	}
	return OFL_OK;
}

struct ofl_sink ofl_recall_begin(struct ofl_recall *rc)
{
	rc->noter = (struct ofl_noter){ .put = put_note, .arg = rc };
	rc->first_note = rc->nr_notes;
	rc->lost = false;
	return ofl_noter_sink(&rc->noter);
}

/* the only zone that something was counted in; nr_zones: there is none such */
static size_t only_zone(const struct ofl_scan_result *one, size_t nr_zones)
{
	size_t i, found = nr_zones;

	for (i = 0; i < nr_zones; i++)
		if (one->zone[i].scanned) {
			if (found != nr_zones)
				return nr_zones;
			found = i;
		}
	return found;
}

static bool can_be_kept(const struct ofl_section *s,
			const struct ofl_scan_result *one)
{
	return s->online && !s->corrupt && !one->total.unknown &&
	       !one->stale && !one->stale_unread && !one->device &&
	       !one->hidden;
}

/* where in the order a section belongs, or is */
static size_t place_of(const struct ofl_recall *rc, uint64_t nr)
{
	size_t lo = 0, hi = rc->nr_sections;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (rc->section[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool keep(struct ofl_recall *rc, const struct ofl_recalled *new)
{
	size_t at = place_of(rc, new->nr);
	struct ofl_recalled *all;

	all = grown(rc, rc->section, rc->nr_sections, &rc->room, sizeof(*all));
	if (!all)
		return false;
	rc->section = all;
	memmove(&all[at + 1], &all[at], (rc->nr_sections - at) * sizeof(*all));
	all[at] = *new;
	rc->nr_sections++;
	return true;
}

void ofl_recall_end(struct ofl_recall *rc, const struct ofl_section *s,
		    const struct ofl_scan_result *one, size_t nr_zones)
{
	size_t zone = only_zone(one, nr_zones);
	struct ofl_recalled new;

	if (!rc->lost && zone < nr_zones && can_be_kept(s, one)) {
		new = (struct ofl_recalled){
			.nr = s->nr,
			.zone = (uint32_t)zone,
			.scanned = (uint32_t)one->zone[zone].scanned,
			.offline = (uint32_t)one->zone[zone].offline,
			.no_zone = (uint32_t)one->no_zone,
			.first_note = (uint32_t)rc->first_note,
			.nr_notes = (uint32_t)(rc->nr_notes - rc->first_note),
		};
		if (keep(rc, &new))
			return;
	}
	ofl_recall_drop(rc);
}

void ofl_recall_drop(struct ofl_recall *rc)
{
	rc->nr_notes = rc->first_note;
}

const struct ofl_recalled *ofl_recall_find(const struct ofl_recall *rc,
					   uint64_t nr)
{
	size_t at = place_of(rc, nr);

	if (at == rc->nr_sections || rc->section[at].nr != nr)
		return NULL;
	return &rc->section[at];
}

enum ofl_status ofl_recall_replay(const struct ofl_recall *rc,
			       const struct ofl_recalled *found,
			       const struct ofl_section *s,
			       const struct ofl_nodes *n,
			       const struct ofl_sinks *sinks,
			       struct ofl_scan_result *r)
{
	const struct ofl_note *note = &rc->note[found->first_note];
	struct ofl_count *zone = &r->zone[found->zone];
	enum ofl_status st = OFL_OK;
	uint32_t i;

	for (i = 0; i < found->nr_notes && !st; i++)
		st = ofl_note_replay(&note[i], s, n, sinks);
	zone->scanned += found->scanned;
	zone->offline += found->offline;
	r->total.scanned += found->scanned + found->no_zone;
	r->total.offline += found->offline;
	r->no_zone += found->no_zone;
	r->sections_recalled++;
	return st;
}
