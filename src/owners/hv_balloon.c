// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hv_balloon.c - Hyper-V: hot-added regions with parts that are not backed,
 * and ballooned pages that only the host remembers
 *
 * Of a hot-added region the host backs [covered_start_pfn, covered_end_pfn)
 * but for gaps; the rest is kept offline. Ballooned pages are on no list and
 * point nowhere: they are what no other driver has, and num_pages_ballooned
 * says how many there have to be.
 *
 * What regions have added never overlaps, since the memory core refuses to add
 * a range twice. What was announced may, as the driver does not check it, and
 * extends a region that a request runs out of: then the first region of the
 * list decides about a page that goes online, whichever region added it.
 *
 * Source: drivers/hv/hv_balloon.c: hv_page_online_one(), has_pfn_is_backed(),
 * process_hot_add(), pfn_covered(), alloc_balloon_pages().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "owners/single.h"
#include "target/count.h"
#include "target/text.h"

#define MAX_REGIONS	4096
#define BATCH_PAGES	512	/* alloc_balloon_pages(): 2 MiB, counted before they are marked */
#define MAX_GAPS	65536	/* of all regions together */
#define SHOWN_REGIONS	8
#define SHOWN_GAPS	2	/* of one region: what fits into a line */

enum field {
	F_STATE, F_BALLOONED, F_ONLINED, F_ADDED, F_REGIONS,
	R_LIST, R_START, R_COVERED, R_COVERED_END, R_HA_END, R_END, R_GAPS,
	G_LIST, G_START, G_END,
	NR_FIELDS
};

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

/** struct span - [start, end) in pfns */
struct span {
	uint64_t start, end;
};

/** struct region - a hot-added region */
struct region {
	struct span all;	/* up to where memory was added */
	struct span covered;	/* backed by the host, but for gaps */
	struct span *gap;	/* owned */
	size_t nr_gaps;
	uint64_t end_pfn;	/* of the region that the host announced */
};

/** struct state - the driver in this dump */
struct state {
	const struct ofl_env *env;
	struct ofl_single one;
	struct ofl_place at[NR_FIELDS];
	bool broken;
	bool unread;		/* because the dump does not have it */
	bool counted;		/* all four of these could be read */
	uint64_t broken_kva;
	int64_t busy[3];	/* values of state while at work */
	uint64_t ballooned, onlined, added, dm_state;
	struct region *region;	/* owned */
	size_t nr, nr_gaps;
	bool overlap;		/* of two regions, announced and added */
	size_t overlaps[2];
};

static const char *const busy_names[3] = {
	"DM_BALLOON_UP", "DM_BALLOON_DOWN", "DM_HOT_ADD",
};

static void load_layout(struct state *st)
{
	struct ofl_types ty;
	int i;

	ofl_single_load(st->env, &st->one, &ty, st->at);
	for (i = 0; i < 3; i++)
		if (!ofl_types_enumerator(&ty, busy_names[i], &st->busy[i]))
			st->busy[i] = -1;
	ofl_types_close(&ty);
}

static bool get(const struct state *st, uint64_t kva, enum field f,
		uint64_t *ret)
{
	return ofl_place_read(st->env->t, kva, &st->at[f], ret);
}

/* the same of records: what cannot be read is not damaged */
static bool want(struct state *st, uint64_t kva, enum field f, uint64_t *ret)
{
	bool ok = get(st, kva, f, ret);

	st->unread |= !ok;
	return ok;
}

/* ---- regions ---- */

static bool inside(const struct span *s, uint64_t pfn)
{
	return pfn >= s->start && pfn < s->end;
}

static uint64_t overlap(const struct span *a, const struct span *b)
{
	uint64_t start = a->start > b->start ? a->start : b->start;
	uint64_t end = a->end < b->end ? a->end : b->end;

	return start < end ? end - start : 0;
}

static struct span announced(const struct region *r)
{
	return (struct span){ r->all.start, r->end_pfn };
}

static bool add_gap(struct state *st, struct region *r, uint64_t kva)
{
	struct span g, *more;

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
static bool is_blank(const struct state *st, uint64_t node)
{
	return ofl_reads_zero(st->env->t, node, 8);
}

/* visit each entry of a list; false: it breaks at @broken_kva */
static bool walk(struct state *st, uint64_t head, enum field list,
		 bool (*visit)(struct state *st, void *arg, uint64_t kva),
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

static bool visit_gap(struct state *st, void *arg, uint64_t kva)
{
	return add_gap(st, arg, kva);
}

static bool read_region(struct state *st, struct region *r, uint64_t kva)
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

static bool visit_region(struct state *st, void *arg, uint64_t kva)
{
	struct region r = { .gap = NULL }, *more;

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
static bool share_memory(const struct region *a, const struct region *b)
{
	const struct span said_a = announced(a), said_b = announced(b);

	return overlap(&a->all, &said_b) || overlap(&b->all, &said_a);
}

static void look_for_overlap(struct state *st)
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

/* ---- the driver ---- */

static void read_records(struct state *st)
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

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct ofl_single one;
	struct state *st;

	if (!ofl_single_find(env, &driver, &one))
		return OFL_OK;
	st = calloc(1, sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	*state = st;
	st->env = env;
	st->one = one;
	load_layout(st);
	if (!ofl_single_blind(&st->one))
		read_records(st);
	return OFL_OK;
}

static void free_state(void *state)
{
	struct state *st = state;
	size_t i;

	for (i = 0; i < st->nr; i++)
		free(st->region[i].gap);
	free(st->region);
	free(st);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;
	const char *why;

	(void)env;
	if (!st)
		return NULL;
	why = ofl_single_blind(&st->one);
	if (why || !st->broken)
		return why;
	return st->unread ? "hv_balloon: its records cannot be read" :
			    "hv_balloon: its records are damaged";
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;

	(void)device;
	ofl_single_show(&st->one, ret);
}

static bool added(const void *state, unsigned int nr, struct ofl_added *ret)
{
	const struct state *st = state;

	if (nr >= st->nr)
		return false;
	ret->start_pa = st->region[nr].all.start * st->env->l->page_bytes;
	ret->end_pa = st->region[nr].all.end * st->env->l->page_bytes;
	return true;
}

/* has_pfn_is_backed() */
static bool is_backed(const struct region *r, uint64_t pfn)
{
	size_t i;

	if (!inside(&r->covered, pfn))
		return false;
	for (i = 0; i < r->nr_gaps; i++)
		if (inside(&r->gap[i], pfn))
			return false;
	return true;
}

/** struct opinions - what the regions that a page was announced in say of it */
struct opinions {
	bool added, backed, unbacked;
};

/* hv_online_page(): the first region that has the page decides */
static struct opinions opinions_on(const struct state *st, uint64_t pfn)
{
	struct opinions o = { .added = false };
	struct span s;
	size_t i;

	for (i = 0; i < st->nr; i++) {
		s = announced(&st->region[i]);
		if (!inside(&s, pfn))
			continue;
		o.added |= inside(&st->region[i].all, pfn);
		if (is_backed(&st->region[i], pfn))
			o.backed = true;
		else
			o.unbacked = true;
	}
	return o;
}

static void nearest_edge(const struct span *s, uint64_t pfn, uint64_t *end_pfn)
{
	if (s->start > pfn && s->start < *end_pfn)
		*end_pfn = s->start;
	if (s->end > pfn && s->end < *end_pfn)
		*end_pfn = s->end;
}

/* up to where all regions say the same */
static uint64_t opinions_end(const struct state *st, uint64_t pfn)
{
	uint64_t end_pfn = UINT64_MAX;
	struct span s;
	size_t i, k;

	for (i = 0; i < st->nr; i++) {
		const struct region *r = &st->region[i];

		s = announced(r);
		nearest_edge(&s, pfn, &end_pfn);
		nearest_edge(&r->all, pfn, &end_pfn);
		nearest_edge(&r->covered, pfn, &end_pfn);
		for (k = 0; k < r->nr_gaps; k++)
			nearest_edge(&r->gap[k], pfn, &end_pfn);
	}
	return end_pfn;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct state *st = state;
	struct opinions o = opinions_on(st, p->pfn);

	ret->end_pfn = opinions_end(st, p->pfn);
	ret->evidence = OFL_EV_RANGE;
	if (o.added && o.unbacked)
		return true;
	ret->evidence = OFL_EV_COUNTER;
	ret->weak = true;
	return st->ballooned && !p->movable_ops && !p->private;
}

static bool expects(const void *state, uint64_t pfn, struct ofl_claim *ret)
{
	struct opinions o = opinions_on(state, pfn);

	ret->end_pfn = opinions_end(state, pfn);
	ret->evidence = OFL_EV_RANGE;
	return o.added && o.unbacked && !o.backed;
}

/* ---- counters ---- */

static struct span both(const struct span *a, const struct span *b)
{
	struct span s = {
		a->start > b->start ? a->start : b->start,
		a->end < b->end ? a->end : b->end,
	};

	if (s.end < s.start)
		s.end = s.start;
	return s;
}

/* pages of the region inside of @in that are not backed */
static uint64_t unbacked_in(const struct region *r, const struct span *in)
{
	struct span added = both(&r->all, in), covered = both(&r->covered, &added);
	uint64_t n = added.end - added.start - (covered.end - covered.start);
	size_t i;

	for (i = 0; i < r->nr_gaps; i++)
		n += overlap(&r->gap[i], &covered);
	return n;
}

static bool blocks_known(const struct ofl_env *env)
{
	return env->blocks && !env->blocks->lost;
}

static uint64_t unbacked_online(const struct state *st)
{
	const struct ofl_layout *l = st->env->l;
	const struct ofl_blocks *blocks = st->env->blocks;
	uint64_t pages = l->sections_per_block * l->section_pages, n = 0;
	size_t i, k;

	for (i = 0; blocks && i < blocks->nr; i++) {
		const struct ofl_block *b = &blocks->block[i];
		struct span s = { b->start_section_nr * l->section_pages, 0 };

		s.end = s.start + pages;
		if (b->state != OFL_BLOCK_ONLINE &&
		    b->state != OFL_BLOCK_GOING_OFFLINE)
			continue;
		for (k = 0; k < st->nr; k++)
			n += unbacked_in(&st->region[k], &s);
	}
	return n;
}

struct span_text {
	char text[40];
};

/* as ranges are shown: with the last page in it */
static struct span_text show(const struct span *s)
{
	struct span_text t = { "nothing" };

	if (s->start < s->end)
		snprintf(t.text, sizeof(t.text), "0x%" PRIx64 "-0x%" PRIx64,
			 s->start, s->end - 1);
	return t;
}

static void describe_region(const struct region *r, size_t nr,
			    struct ofl_account *a)
{
	const struct span said = announced(r);
	char name[24], gaps[128];
	struct ofl_text text = ofl_text_over(gaps, sizeof(gaps));
	size_t i;

	for (i = 0; i < r->nr_gaps && i < SHOWN_GAPS; i++)
		ofl_text_add(&text, "%s%s", i ? "," : " but for ",
			     show(&r->gap[i]).text);
	if (i < r->nr_gaps)
		ofl_text_add(&text, " and %zu more", r->nr_gaps - i);
	snprintf(name, sizeof(name), "region%zu", nr);
	ofl_account_detail(a, name, "%s covered %s%s", show(&said).text,
			   show(&r->covered).text, gaps);
}

static void describe(const struct state *st, struct ofl_account *a)
{
	size_t i;

	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->one.source));
	ofl_account_detail(a, "regions", "%zu", st->nr);
	for (i = 0; i < st->nr && i < SHOWN_REGIONS; i++)
		describe_region(&st->region[i], i, a);
	if (i < st->nr)
		ofl_account_detail(a, "more", "%zu regions are not shown",
				   st->nr - i);
}

static void complain_of_overlap(const struct state *st, struct ofl_account *a)
{
	const struct span one = announced(&st->region[st->overlaps[0]]);
	const struct span other = announced(&st->region[st->overlaps[1]]);

	ofl_account_complain(a, OFL_SEV_INFO, "regions-overlap", 0, 0,
			     "hot-added regions overlap: %s and %s; which of them decided about a page is not known",
			     show(&one).text, show(&other).text);
}

static void show_counters(const struct state *st, struct ofl_account *a)
{
	ofl_account_counter(a, "num_pages_ballooned",
			    (int64_t)st->ballooned);
	ofl_account_counter(a, "num_pages_added", (int64_t)st->added);
	ofl_account_counter(a, "num_pages_onlined",
			    (int64_t)st->onlined);
}

/* only the driver, or who damaged its records, is to blame for an error */
static void complain(const struct state *st, struct ofl_account *a)
{
	if (st->broken && st->unread)
		ofl_account_complain(a, OFL_SEV_INFO, "records-unreadable", 0, 0,
			"the driver's counters or regions cannot be read from 0x%"
			PRIx64 " on", st->broken_kva);
	else if (st->broken)
		ofl_account_complain(a, OFL_SEV_ERROR, "list-broken", 0, 0,
			"the list of hot-added regions breaks at 0x%" PRIx64,
			st->broken_kva);
	if (st->overlap)
		complain_of_overlap(st, a);
	if (st->counted && st->onlined > st->added)
		ofl_account_complain(a, OFL_SEV_WARNING, "counter-mismatch", 0,
			0, "num_pages_onlined is more than num_pages_added");
}

static const char *at_work(const void *state, unsigned int device)
{
	static const char *const text[] = {
		"state is DM_BALLOON_UP", "state is DM_BALLOON_DOWN",
		"state is DM_HOT_ADD",
	};
	const struct state *st = state;
	size_t i;

	(void)device;
	if (ofl_single_blind(&st->one))
		return NULL;
	for (i = 0; i < OFL_COUNT(text); i++)
		if (st->busy[i] == (int64_t)st->dm_state)
			return text[i];
	return NULL;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	uint64_t unbacked = unbacked_online(st);

	describe(st, a);
	if (ofl_single_blind(&st->one))
		return;
	if (st->counted)
		show_counters(st, a);
	/* which of a region is online is what the blocks say */
	a->known = !st->broken && !st->overlap &&
		   (!st->nr || blocks_known(st->env));
	a->expected = (int64_t)(st->ballooned + unbacked);
	if (a->known)
		ofl_account_counter(a, "unbacked", (int64_t)unbacked);
	a->not_in_node_stat = (int64_t)unbacked;
	ofl_account_in_flight(a, at_work(state, device));
	complain(st, a);
}

static const char *wants(const void *state)
{
	const struct state *st = state;

	return st->one.layout ? NULL : "hv_balloon";
}

const struct ofl_owner_ops ofl_owner_hv_balloon = {
	.added = added,
	.name = "hv_balloon",
	.mark = 'h',
	.next = "give the guest this memory back on the host (Dynamic Memory), then offline the block",
	.in_node_stat = true,
	.batch_pages = BATCH_PAGES,
	.leaves_reserved = true,
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.wants = wants,
	.device = device,
	.claim = claim,
	.account = account,
	.at_work = at_work,
	.expects = expects,
};
