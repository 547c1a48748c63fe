// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hv_balloon_regions.c - Hyper-V's driver: its members, counters and regions
 *
 * What regions have added never overlaps, since the memory core refuses to add
 * a range twice. What was announced may, as the driver does not check it, and
 * extends a region that a request runs out of: then the first region of the
 * list decides about a page that goes online, whichever region added it.
 *
 * Source: drivers/hv/hv_balloon.c: hv_page_online_one(), has_pfn_is_backed(),
 * process_hot_add(), pfn_covered().
 */
#include <stdlib.h>

#include "owners/hv_balloon_regions.h"

#define MAX_REGIONS	4096
#define MAX_GAPS	65536	/* of all regions together */

enum field {
	F_STATE, F_BALLOONED, F_ONLINED, F_ADDED, F_REGIONS,
	R_LIST, R_START, R_COVERED, R_COVERED_END, R_HA_END, R_END, R_GAPS,
	G_LIST, G_START, G_END,
	NR_FIELDS
};

_Static_assert(NR_FIELDS == OFL_HV_FIELDS, "as many places as fields");

static const struct ofl_field fields[NR_FIELDS] = {
	[F_STATE] = { "hv_dynmem_device", "state", NULL, 4, false },
	[F_BALLOONED] = { "hv_dynmem_device", "num_pages_ballooned", NULL, 4, false },
	[F_ONLINED] = { "hv_dynmem_device", "num_pages_onlined", NULL, 4, false },
	[F_ADDED] = { "hv_dynmem_device", "num_pages_added", NULL, 4, false },
	[F_REGIONS] = { "hv_dynmem_device", "ha_region_list", NULL, 0, false },
	[R_LIST] = { "hv_hotadd_state", "list", NULL, 0, false },
	[R_START] = { "hv_hotadd_state", "start_pfn", NULL, 8, false },
	[R_COVERED] = { "hv_hotadd_state", "covered_start_pfn", NULL, 8, false },
	[R_COVERED_END] = { "hv_hotadd_state", "covered_end_pfn", NULL, 8, false },
	[R_HA_END] = { "hv_hotadd_state", "ha_end_pfn", NULL, 8, false },
	[R_END] = { "hv_hotadd_state", "end_pfn", NULL, 8, false },
	[R_GAPS] = { "hv_hotadd_state", "gap_list", NULL, 0, false },
	[G_LIST] = { "hv_hotadd_gap", "list", NULL, 0, false },
	[G_START] = { "hv_hotadd_gap", "start_pfn", NULL, 8, false },
	[G_END] = { "hv_hotadd_gap", "end_pfn", NULL, 8, false },
};

static const struct ofl_single_driver driver = {
	.module = "hv_balloon",
	.variable = "dm_device",
	.type = "hv_dynmem_device",
	.field = fields,
	.nr_fields = NR_FIELDS,
	.no_layout = "hv_balloon: no layout, try mod -s hv_balloon",
	.no_debuginfo = "hv_balloon: no layout, the file that mod -s loaded has no debuginfo",
	.note = "layout of struct hv_dynmem_device is not known, its pages neither",
	.no_symbols = "hv_balloon: no symbols of hv_balloon",
};

static const char *const busy_names[3] = {
	"DM_BALLOON_UP", "DM_BALLOON_DOWN", "DM_HOT_ADD",
};

static void load_layout(struct ofl_hv *st)
{
	struct ofl_types ty;
	int i;

	ofl_single_load(st->env, &st->one, &ty, st->at);
	for (i = 0; i < 3; i++)
		if (!ofl_types_enumerator(&ty, busy_names[i], &st->busy[i]))
			st->busy[i] = -1;
	ofl_types_close(&ty);
}

static bool get(const struct ofl_hv *st, uint64_t kva, enum field f,
		uint64_t *ret)
{
	return ofl_place_read(st->env->t, kva, &st->at[f], ret);
}

/* the same of records: what cannot be read is not damaged */
static bool want(struct ofl_hv *st, uint64_t kva, enum field f, uint64_t *ret)
{
	bool ok = get(st, kva, f, ret);

	st->unread |= !ok;
	return ok;
}

/* ---- regions ---- */

static bool add_gap(struct ofl_hv *st, struct ofl_hv_region *r, uint64_t kva)
{
	struct ofl_hv_span g, *more;

	if (!want(st, kva, G_START, &g.start) ||
	    !want(st, kva, G_END, &g.end) ||
	    g.start > g.end || st->nr_gaps == MAX_GAPS)
		return false;
	more = realloc(r->gap, (r->nr_gaps + 1) * sizeof(*more));
	if (!more)
		return false;
	r->gap = more;
	r->gap[r->nr_gaps++] = g;
	st->nr_gaps++;
	return true;
}

/* a list_head of zeros is not in the dump */
static bool is_blank(const struct ofl_hv *st, uint64_t node)
{
	return ofl_reads_zero(st->env->t, node, 8);
}

/* visit each entry of a list; false: it breaks at @broken_kva */
static bool walk(struct ofl_hv *st, uint64_t head, enum field list,
		 bool (*visit)(struct ofl_hv *st, void *arg, uint64_t kva),
		 void *arg, size_t most)
{
	uint64_t node = head, next;
	size_t i;

	for (i = 0; i <= most; i++) {
		if (!ofl_read_u64(st->env->t, node, &next) || is_blank(st, node))
			st->unread = true;
		if (st->unread || !next)
			break;
		if (next == head)
			return true;
		node = next;
		if (!visit(st, arg, node - st->at[list].offset_bytes))
			break;
	}
	if (!st->broken)
		st->broken_kva = node;
	st->broken = true;
	return false;
}

static bool visit_gap(struct ofl_hv *st, void *arg, uint64_t kva)
{
	return add_gap(st, arg, kva);
}

static bool read_region(struct ofl_hv *st, struct ofl_hv_region *r, uint64_t kva)
{
	const struct ofl_layout *l = st->env->l;

	return want(st, kva, R_START, &r->all.start) &&
	       want(st, kva, R_HA_END, &r->all.end) &&
	       want(st, kva, R_COVERED, &r->covered.start) &&
	       want(st, kva, R_COVERED_END, &r->covered.end) &&
	       want(st, kva, R_END, &r->end_pfn) &&
	       r->all.start <= r->all.end && r->all.end <= r->end_pfn &&
	       r->covered.start <= r->covered.end &&
	       r->end_pfn <= l->nr_sections * l->section_pages;
}

static bool visit_region(struct ofl_hv *st, void *arg, uint64_t kva)
{
	struct ofl_hv_region r = { .gap = NULL }, *more;

	(void)arg;
	if (!read_region(st, &r, kva))
		return false;
	more = realloc(st->region, (st->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	st->region = more;
	st->region[st->nr] = r;
	return walk(st, kva + st->at[R_GAPS].offset_bytes, G_LIST, visit_gap,
		    &st->region[st->nr++], MAX_GAPS);
}

/* memory that was added, and a second region that was announced over it */
static bool share_memory(const struct ofl_hv_region *a, const struct ofl_hv_region *b)
{
	const struct ofl_hv_span said_a = ofl_hv_announced(a), said_b = ofl_hv_announced(b);

	return ofl_hv_overlap(&a->all, &said_b) || ofl_hv_overlap(&b->all, &said_a);
}

static void look_for_overlap(struct ofl_hv *st)
{
	size_t i, k;

	for (i = 0; i < st->nr; i++)
		for (k = i + 1; k < st->nr; k++)
			if (share_memory(&st->region[i], &st->region[k])) {
				st->overlap = true;
				st->overlaps[0] = i;
				st->overlaps[1] = k;
				return;
			}
}

/* ---- all of it ---- */

bool ofl_hv_find(const struct ofl_env *env, struct ofl_single *one)
{
	return ofl_single_find(env, &driver, one);
}

static void read_records(struct ofl_hv *st)
{
	uint64_t kva = st->one.kva;

	st->counted = want(st, kva, F_BALLOONED, &st->ballooned) &&
		      want(st, kva, F_ONLINED, &st->onlined) &&
		      want(st, kva, F_ADDED, &st->added) &&
		      want(st, kva, F_STATE, &st->dm_state);
	if (!st->counted) {
		st->broken = true;
		st->broken_kva = kva;
		return;
	}
	walk(st, kva + st->at[F_REGIONS].offset_bytes, R_LIST, visit_region,
	     NULL, MAX_REGIONS);
	look_for_overlap(st);
}

void ofl_hv_read(struct ofl_hv *st)
{
	load_layout(st);
	if (!ofl_single_blind(&st->one))
		read_records(st);
}

void ofl_hv_forget(struct ofl_hv *st)
{
	size_t i;

	for (i = 0; i < st->nr; i++)
		free(st->region[i].gap);
	free(st->region);
}

/* ---- what they say of a page ---- */

/* has_pfn_is_backed() */
static bool is_backed(const struct ofl_hv_region *r, uint64_t pfn)
{
	size_t i;

	if (!ofl_hv_inside(&r->covered, pfn))
		return false;
	for (i = 0; i < r->nr_gaps; i++)
		if (ofl_hv_inside(&r->gap[i], pfn))
			return false;
	return true;
}

/* hv_online_page(): the first region that has the page decides */
struct ofl_hv_opinions ofl_hv_opinions_on(const struct ofl_hv *st, uint64_t pfn)
{
	struct ofl_hv_opinions o = { .added = false };
	struct ofl_hv_span s;
	size_t i;

	for (i = 0; i < st->nr; i++) {
		s = ofl_hv_announced(&st->region[i]);
		if (!ofl_hv_inside(&s, pfn))
			continue;
		o.added |= ofl_hv_inside(&st->region[i].all, pfn);
		if (is_backed(&st->region[i], pfn))
			o.backed = true;
		else
			o.unbacked = true;
	}
	return o;
}

static void nearest_edge(const struct ofl_hv_span *s, uint64_t pfn, uint64_t *end_pfn)
{
	if (s->start > pfn && s->start < *end_pfn)
		*end_pfn = s->start;
	if (s->end > pfn && s->end < *end_pfn)
		*end_pfn = s->end;
}

/* up to where all regions say the same */
uint64_t ofl_hv_opinions_end(const struct ofl_hv *st, uint64_t pfn)
{
	uint64_t end_pfn = UINT64_MAX;
	struct ofl_hv_span s;
	size_t i, k;

	for (i = 0; i < st->nr; i++) {
		const struct ofl_hv_region *r = &st->region[i];

		s = ofl_hv_announced(r);
		nearest_edge(&s, pfn, &end_pfn);
		nearest_edge(&r->all, pfn, &end_pfn);
		nearest_edge(&r->covered, pfn, &end_pfn);
		for (k = 0; k < r->nr_gaps; k++)
			nearest_edge(&r->gap[k], pfn, &end_pfn);
	}
	return end_pfn;
}
