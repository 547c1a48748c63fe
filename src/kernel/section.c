// SPDX-License-Identifier: GPL-2.0-or-later
/* section.c - walk mem_section */
#include <string.h>

#include "kernel/section.h"

#define MAX_PAGE_BYTES	65536	/* the largest page size of any kernel */

/** struct walk - state of one walk */
struct walk {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	uint64_t first_nr, end_nr;
	enum ofl_status (*visit)(void *arg, const struct ofl_section *s);
	void *arg;
	struct ofl_section_stats *stats;
	uint64_t vmemmap_kva;	/* coded memmap of all sections; 0: see the first */
};

/* include/linux/mmzone.h: valid_section(), online_section() and the others */
static bool bit(const struct ofl_layout *l, uint64_t word, enum ofl_fact_id id)
{
	return l->fact[id].known && (word >> l->fact[id].value & 1);
}

static uint64_t subsection_pages(const struct ofl_layout *l)
{
	return (1ull << OFL_SUBSECTION_SHIFT) / l->page_bytes;
}

/* include/linux/mmzone.h: pfn_section_valid(), subsection_map_index() */
bool ofl_section_populated(const struct ofl_layout *l,
			   const struct ofl_section *s, uint64_t pfn)
{
	uint64_t nr = (pfn - s->start_pfn) / subsection_pages(l);

	return !s->has_subsections || (s->subsection[nr / 64] >> nr % 64 & 1);
}

/* online_pages(): memory that came later goes online in whole sections */
static bool has_gap(const struct ofl_layout *l, const struct ofl_section *s)
{
	uint64_t bits = l->section_pages / subsection_pages(l), nr;

	if (!s->has_subsections || !s->online || s->early)
		return false;
	for (nr = 0; nr < bits; nr++)
		if (!(s->subsection[nr / 64] >> nr % 64 & 1))
			return true;
	return false;
}

/* false: usage cannot be read, and the section cannot be trusted */
static bool read_subsections(const struct walk *w, const unsigned char *raw,
			     struct ofl_section *s)
{
	const struct ofl_layout *l = w->l;
	uint64_t bits, usage_kva;

	s->has_subsections = false;
	s->usage_kva = 0;
	if (!ofl_fact_known(l, OFL_F_SECTION_USAGE) ||
	    !ofl_fact_known(l, OFL_F_SUBSECTION_MAP))
		return true;
	memcpy(&usage_kva, raw + l->fact[OFL_F_SECTION_USAGE].value, 8);
	bits = l->section_pages / subsection_pages(l);
	if (bits == 0)
		return true;	/* a section no larger than a subsection */
	if (bits > OFL_MAX_SUBSECTIONS)
		return false;
	s->has_subsections = true;
	memset(s->subsection, 0, sizeof(s->subsection));
	s->usage_kva = usage_kva;
	if (!usage_kva)
		return true;	/* on its way out: no subsection is left */
	usage_kva += ofl_fact_u64(l, OFL_F_SUBSECTION_MAP);
	return ofl_read(w->t, usage_kva, s->subsection,
			(bits + 63) / 64 * 8) == OFL_READ_OK;
}

/* a part of its usage, since v5.3; a pointer of its own before */
static uint64_t find_pageblocks(const struct ofl_layout *l,
				const unsigned char *raw,
				const struct ofl_section *s)
{
	uint64_t kva = 0;

	if (ofl_fact_known(l, OFL_F_PAGEBLOCK_FLAGS))
		return s->usage_kva ? s->usage_kva +
			ofl_fact_u64(l, OFL_F_PAGEBLOCK_FLAGS) : 0;
	if (ofl_fact_known(l, OFL_F_SECTION_PAGEBLOCKS))
		memcpy(&kva, raw + l->fact[OFL_F_SECTION_PAGEBLOCKS].value, 8);
	return kva;
}

/*
 * mm/sparse.c: sparse_encode_mem_map(). All sections of a VMEMMAP kernel have the
 * same coded memmap, the start of vmemmap: one that differs is damaged.
 */
static bool decode(struct walk *w, const unsigned char *raw, uint64_t nr,
		   struct ofl_section *s)
{
	const struct ofl_layout *l = w->l;
	uint64_t word, coded, flag_bits;
	bool sound;

	memcpy(&word, raw + l->fact[OFL_F_SECTION_MEM_MAP].value, 8);
	flag_bits = ofl_fact_u64(l, OFL_F_SECTION_FLAG_BITS);
	if (flag_bits < 6)	/* the bits above the last flag are zero */
		flag_bits = 6;
	coded = word & ~((1ull << flag_bits) - 1);
	if (!w->vmemmap_kva)
		w->vmemmap_kva = coded;
	s->nr = nr;
	s->start_pfn = nr * l->section_pages;
	s->memmap_kva = coded + s->start_pfn * l->struct_page_bytes;
	s->online = bit(l, word, OFL_F_SECTION_ONLINE_BIT);
	s->early = bit(l, word, OFL_F_SECTION_EARLY_BIT);
	s->device = bit(l, word, OFL_F_SECTION_DEVICE_BIT);
	sound = read_subsections(w, raw, s);
	s->pageblocks_kva = find_pageblocks(l, raw, s);
	return sound && coded == w->vmemmap_kva && !has_gap(l, s);
}

static void count(uint64_t *sections, uint64_t *first_nr, uint64_t more,
		  uint64_t nr)
{
	if (!*sections)
		*first_nr = nr;
	*sections += more;
}

static enum ofl_status visit_one(struct walk *w, const unsigned char *raw,
				 uint64_t nr, uint64_t kva)
{
	const struct ofl_layout *l = w->l;
	struct ofl_section s;
	uint64_t word;
	bool whole;

	memcpy(&word, raw + l->fact[OFL_F_SECTION_MEM_MAP].value, 8);
	whole = bit(l, word, OFL_F_SECTION_PRESENT_BIT) &&
		bit(l, word, OFL_F_SECTION_MEM_MAP_BIT);
	/* absent sections are zero; one on its way in is marked present first */
	if (!whole &&
	    !(word & ~(1ull << l->fact[OFL_F_SECTION_PRESENT_BIT].value)))
		return OFL_OK;
	s.kva = kva;
	s.corrupt = !decode(w, raw, nr, &s) || !whole;
	if (s.corrupt)
		count(&w->stats->corrupt, &w->stats->corrupt_nr, 1, nr);
	else if (s.online)
		w->stats->online++;
	else
		w->stats->not_online++;
	return w->visit(w->arg, &s);
}

/* one root: the mem_sections of [nr, nr + sections_per_root) */
static enum ofl_status walk_root(struct walk *w, uint64_t nr, uint64_t root_kva)
{
	unsigned char raw[MAX_PAGE_BYTES];
	const struct ofl_layout *l = w->l;
	uint64_t bytes = ofl_fact_u64(l, OFL_F_MEM_SECTION_BYTES);
	enum ofl_status st = OFL_OK;
	uint64_t i;

	/* where memory begins there are sections: zeros are not in the dump */
	if (ofl_read(w->t, root_kva, raw,
		     l->sections_per_root * bytes) != OFL_READ_OK ||
	    (!nr && l->sections_per_root > 1 &&
	     ofl_all_zero(raw, l->sections_per_root * bytes))) {
		count(&w->stats->unreadable, &w->stats->unreadable_nr,
		      l->sections_per_root, nr);
		return OFL_OK;
	}
	for (i = 0; i < l->sections_per_root && !st; i++)
		if (nr + i >= w->first_nr && nr + i < w->end_nr)
			st = visit_one(w, raw + i * bytes, nr + i,
				       root_kva + i * bytes);
	return st;
}

/* __nr_to_section(), SPARSEMEM_EXTREME: roots are read a page at a time */
static enum ofl_status walk_roots(struct walk *w)
{
	const struct ofl_layout *l = w->l;
	uint64_t per_root = l->sections_per_root;
	uint64_t root = w->first_nr / per_root;
	uint64_t end = (w->end_nr + per_root - 1) / per_root;
	uint64_t kva[512], n, i;
	enum ofl_status st = OFL_OK;

	for (; root < end && !st; root += n) {
		n = end - root < 512 ? end - root : 512;
		if (ofl_read(w->t, l->roots_kva + root * 8, kva,
			     n * 8) != OFL_READ_OK) {
			count(&w->stats->unreadable, &w->stats->unreadable_nr,
			      n * per_root, root * per_root);
			continue;
		}
		for (i = 0; i < n && !st; i++)
			if (kva[i])
				st = walk_root(w, (root + i) * per_root, kva[i]);
	}
	return st;
}

static enum ofl_status walk_array(struct walk *w)
{
	uint64_t bytes = ofl_fact_u64(w->l, OFL_F_MEM_SECTION_BYTES);
	enum ofl_status st = OFL_OK;
	uint64_t nr;

	for (nr = w->first_nr; nr < w->end_nr && !st; nr++)
		st = walk_root(w, nr, w->l->roots_kva + nr * bytes);
	return st;
}

enum ofl_status ofl_section_walk(const struct ofl_target *t,
				 const struct ofl_layout *l,
				 uint64_t lo_pfn, uint64_t hi_pfn,
				 enum ofl_status (*visit)(void *arg,
						const struct ofl_section *s),
				 void *arg, struct ofl_section_stats *stats)
{
	struct walk w = {
		.t = t, .l = l, .visit = visit, .arg = arg, .stats = stats,
		.vmemmap_kva = l->vmemmap_kva,
		.first_nr = lo_pfn / l->section_pages,
		.end_nr = hi_pfn / l->section_pages +
			  (hi_pfn % l->section_pages ? 1 : 0),
	};

	memset(stats, 0, sizeof(*stats));
	if (w.end_nr > l->nr_sections)
		w.end_nr = l->nr_sections;
	if (w.first_nr >= w.end_nr)
		return OFL_OK;
	return ofl_fact_value(l, OFL_F_SPARSEMEM_EXTREME, 0) ?
	       walk_roots(&w) : walk_array(&w);
}

/** struct ballot - majority of one value, in one pass and no memory */
struct ballot {
	uint64_t value, lead;
};

/** struct vote - what most sections say */
struct vote {
	const struct ofl_layout *l;
	struct ballot vmemmap, apart;
	uint64_t voters;
	bool unanimous;			/* of vmemmap */
	uint64_t next_nr, usage_kva;	/* of the section before; 0: not of the boot */
};

static void cast(struct ballot *b, uint64_t value)
{
	if (!b->lead)
		b->value = value;
	b->lead = value == b->value ? b->lead + 1 : b->lead - 1;
}

static void compare_usage(struct vote *v, const struct ofl_section *s)
{
	uint64_t usage_kva = s->early && !s->corrupt ? s->usage_kva : 0;

	if (usage_kva && v->usage_kva && s->nr == v->next_nr)
		cast(&v->apart, usage_kva - v->usage_kva);
	v->usage_kva = usage_kva;
	v->next_nr = s->nr + 1;
}

static enum ofl_status cast_vote(void *arg, const struct ofl_section *s)
{
	struct vote *v = arg;
	uint64_t kva = s->memmap_kva - s->start_pfn * v->l->struct_page_bytes;

	v->unanimous = !v->voters++ ||
		       (v->unanimous && kva == v->vmemmap.value);
	cast(&v->vmemmap, kva);
	compare_usage(v, s);
	return OFL_OK;
}

enum ofl_status ofl_section_find_vmemmap(const struct ofl_target *t,
					 struct ofl_layout *l,
					 struct ofl_err *err)
{
	struct vote v = { .l = l };
	struct ofl_section_stats stats;

	l->vmemmap_kva = 0;
	ofl_section_walk(t, l, 0, l->nr_sections * l->section_pages, cast_vote,
			 &v, &stats);
	l->vmemmap_kva = v.vmemmap.value;
	l->usage_apart_bytes = v.apart.lead ? v.apart.value : 0;
	/* a memmap for each section would be an accident at the same place */
	if (ofl_fact_value(l, OFL_F_VMEMMAP, 0) ||
	    (v.unanimous && v.voters > 1))
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_UNSUPPORTED,
		"kernel %s has no SPARSEMEM_VMEMMAP memmap; only such kernels can be looked at",
		t->release);
}
