// SPDX-License-Identifier: GPL-2.0-or-later
/* load.c - ask for all facts, and draw the conclusions */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout/load.h"
#include "layout/recognise.h"
#include "target/count.h"
#include "target/vmcoreinfo.h"

#define SUBSECTION_BITS	21	/* include/linux/mmzone.h: SUBSECTION_SHIFT */

static enum ofl_status missing(const struct ofl_fact_row *row,
			       struct ofl_err *err)
{
	char first[64];

	ofl_witness_text(&row->witness[0], first, sizeof(first));
	return ofl_fail(err, OFL_ERR_NODATA,
		"%s is not known here (%s): start crash with the vmlinux that has debuginfo",
		row->name, first);
}

/* ask for the facts of one group of commands; @user cannot do without some */
static enum ofl_status load_facts(const struct ofl_target *t,
				  struct ofl_layout *l, enum ofl_asked asked,
				  enum ofl_fact_user user, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	int i;

	for (i = 0; i < OFL_NR_FACTS && !st; i++) {
		const struct ofl_fact_row *row = &ofl_fact_rows[i];

		if (row->asked == asked)
			st = ofl_fact_load(t, row, &l->fact[i], err);
		if (!st && user != OFL_BY_NOTHING && row->needed_by == user &&
		    !l->fact[i].known)
			st = missing(row, err);
	}
	return st;
}

/*
 * mem_section is a pointer to the roots with SPARSEMEM_EXTREME, the array
 * itself without. VMCOREINFO exports the address that it holds, not its own.
 */
static enum ofl_status find_roots(const struct ofl_target *t,
				  struct ofl_layout *l, struct ofl_err *err)
{
	uint64_t symbol_kva = ofl_fact_u64(l, OFL_F_MEM_SECTION);
	enum ofl_read why = OFL_READ_OK;
	char text[64];
	uint64_t told;

	l->roots_kva = symbol_kva;
	if (l->fact[OFL_F_SPARSEMEM_EXTREME].value)
		why = ofl_read(t, symbol_kva, &l->roots_kva,
			       sizeof(l->roots_kva));
	if (why)
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"mem_section at %#" PRIx64 " %s", symbol_kva,
				ofl_read_text(why));
	if (!ofl_vmcoreinfo_text(t, "SYMBOL(mem_section)", text, sizeof(text)))
		return OFL_OK;
	told = strtoull(text, NULL, 16);
	if (told != l->roots_kva && told != symbol_kva)
		return ofl_fail(err, OFL_ERR_CONFLICT,
			"mem_section: memory says %#" PRIx64
			", VMCOREINFO SYMBOL(mem_section) says %#" PRIx64,
			l->roots_kva, told);
	return OFL_OK;
}

static enum ofl_status check_geometry(struct ofl_layout *l, struct ofl_err *err)
{
	int64_t page = l->fact[OFL_F_PAGE_SIZE].value;
	int64_t section = l->fact[OFL_F_SECTION_SIZE_BITS].value;
	int64_t physmem = l->fact[OFL_F_MAX_PHYSMEM_BITS].value;
	int64_t sec_bytes = l->fact[OFL_F_MEM_SECTION_BYTES].value;
	int64_t per_block = ofl_fact_value(l, OFL_F_SECTIONS_PER_BLOCK, 1);
	int64_t page_struct = l->fact[OFL_F_PAGE_BYTES].value;

	if (page < 4096 || page > 65536 || (page & (page - 1)) ||
	    section < 20 || section > 40 || physmem <= section || physmem > 56 ||
	    sec_bytes < 16 || sec_bytes > page || per_block < 1 ||
	    per_block > 65536 || page_struct < 32 || page_struct > 256)
		return ofl_fail(err, OFL_ERR_CORRUPT,
			"impossible geometry: page %" PRId64 ", section 2^%" PRId64
			" of 2^%" PRId64 " bytes, struct page %" PRId64
			", mem_section %" PRId64 ", %" PRId64
			" sections per block",
			page, section, physmem, page_struct, sec_bytes, per_block);
	return OFL_OK;
}

/*
 * A witness that is neither VMCOREINFO nor crash, which reads VMCOREINFO: the
 * bitmap of subsections has a bit for 2 MiB, and is made of words.
 */
static enum ofl_status check_section_size(const struct ofl_layout *l,
					  struct ofl_err *err)
{
	const struct ofl_fact *told = &l->fact[OFL_F_SECTION_SIZE_BITS];
	const struct ofl_fact *map = &l->fact[OFL_F_SUBSECTION_MAP_BYTES];
	int64_t bits = SUBSECTION_BITS, n;

	/* a host may know where the bitmap is, and not its size */
	if (!map->known || map->value < 8 || map->value > (1 << 20))
		return OFL_OK;
	for (n = map->value * 8; n > 1; n /= 2)
		bits++;
	if (map->value == 8 ? told->value <= bits : told->value == bits)
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"section_size_bits: %s says %" PRId64
		", %s of %" PRId64 " bytes says %s%" PRId64
		"; is this the vmlinux of this dump?",
		told->source, told->value, map->source, map->value,
		map->value == 8 ? "at most " : "", bits);
}

/** struct inner - a member that is looked for in memory read as a whole */
struct inner {
	enum ofl_fact_id id, of;	/* its offset, the size of its struct */
	int64_t bytes;
};

/* offsets come from debuginfo that may be another kernel's */
static enum ofl_status check_inner(const struct ofl_layout *l,
				   const struct inner *inner, size_t nr,
				   struct ofl_err *err)
{
	size_t i;
	int64_t v;

	for (i = 0; i < nr; i++) {
		v = ofl_fact_value(l, inner[i].id, 0);
		if (v < 0 || v > l->fact[inner[i].of].value - inner[i].bytes)
			return ofl_fail(err, OFL_ERR_CORRUPT,
				"%s: offset %" PRId64 " lies outside of its struct",
				ofl_fact_rows[inner[i].id].name, v);
	}
	return OFL_OK;
}

static enum ofl_status check_bits(const struct ofl_layout *l,
				  struct ofl_err *err)
{
	static const enum ofl_fact_id bits[] = {
		OFL_F_SECTION_PRESENT_BIT, OFL_F_SECTION_MEM_MAP_BIT,
		OFL_F_SECTION_ONLINE_BIT, OFL_F_SECTION_EARLY_BIT,
		OFL_F_SECTION_DEVICE_BIT, OFL_F_SECTION_FLAG_BITS,
	};
	size_t i;
	int64_t v;

	for (i = 0; i < OFL_COUNT(bits); i++) {
		/* the coded memmap is page aligned: flags are below */
		v = ofl_fact_value(l, bits[i], 0);
		if (v < 0 || v > 12)
			return ofl_fail(err, OFL_ERR_CORRUPT,
				"%s: no flag can be bit %" PRId64,
				ofl_fact_rows[bits[i]].name, v);
	}
	return OFL_OK;
}

static enum ofl_status check_members(const struct ofl_layout *l,
				     struct ofl_err *err)
{
	static const struct inner early[] = {
		{ OFL_F_PAGE_FLAGS, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_REFCOUNT, OFL_F_PAGE_BYTES, 4 },
		{ OFL_F_PAGE_TYPE, OFL_F_PAGE_BYTES, 4 },
		{ OFL_F_PAGE_COMPOUND, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_PRIVATE, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_MAPPING, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_COMPOUND_ORDER, OFL_F_PAGE_BYTES, 1 },
		{ OFL_F_SECTION_MEM_MAP, OFL_F_MEM_SECTION_BYTES, 8 },
		{ OFL_F_SECTION_USAGE, OFL_F_MEM_SECTION_BYTES, 8 },
	};
	enum ofl_status st;

	st = check_inner(l, early, OFL_COUNT(early), err);
	return st ? st : check_bits(l, err);
}

static enum ofl_status check_late_members(const struct ofl_layout *l,
					  struct ofl_err *err)
{
	static const struct inner late[] = {
		{ OFL_F_PAGE_LRU, OFL_F_PAGE_BYTES, 16 },
		{ OFL_F_PAGE_MEMCG_DATA, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_MEM_CGROUP, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_COMPOUND_DTOR, OFL_F_PAGE_BYTES, 1 },
		{ OFL_F_SECTION_PAGEBLOCKS, OFL_F_MEM_SECTION_BYTES, 8 },
	};

	return check_inner(l, late, OFL_COUNT(late), err);
}

/* one of three enumerators alone cannot be missing: the macros had other numbers */
static enum ofl_status check_states(const struct ofl_layout *l,
				    struct ofl_err *err)
{
	static const enum ofl_fact_id state[] = {
		OFL_F_MEM_ONLINE, OFL_F_MEM_GOING_OFFLINE, OFL_F_MEM_OFFLINE,
	};
	size_t i;

	for (i = 1; i < OFL_COUNT(state); i++)
		if (!strncmp(l->fact[state[0]].source, "enumerator", 10) !=
		    !strncmp(l->fact[state[i]].source, "enumerator", 10))
			return ofl_fail(err, OFL_ERR_CONFLICT,
				"%s is %s, but %s is %s",
				ofl_fact_rows[state[0]].name,
				l->fact[state[0]].source,
				ofl_fact_rows[state[i]].name,
				l->fact[state[i]].source);
	return OFL_OK;
}

static enum ofl_status conclude(const struct ofl_target *t,
				struct ofl_layout *l, struct ofl_err *err)
{
	enum ofl_status st = check_geometry(l, err);

	if (!st)
		st = check_members(l, err);
	if (!st)
		st = check_section_size(l, err);
	if (!st)
		st = check_states(l, err);
	if (st)
		return st;
	l->page_bytes = ofl_fact_u64(l, OFL_F_PAGE_SIZE);
	l->struct_page_bytes = ofl_fact_u64(l, OFL_F_PAGE_BYTES);
	l->off_flags = (uint32_t)l->fact[OFL_F_PAGE_FLAGS].value;
	l->off_refcount = (uint32_t)l->fact[OFL_F_PAGE_REFCOUNT].value;
	l->off_type = (uint32_t)l->fact[OFL_F_PAGE_TYPE].value;
	l->off_compound = (uint32_t)l->fact[OFL_F_PAGE_COMPOUND].value;
	l->section_pages = (1ull << l->fact[OFL_F_SECTION_SIZE_BITS].value) /
			   l->page_bytes;
	l->nr_sections = 1ull << (l->fact[OFL_F_MAX_PHYSMEM_BITS].value -
				  l->fact[OFL_F_SECTION_SIZE_BITS].value);
	l->sections_per_block =
		(uint64_t)ofl_fact_value(l, OFL_F_SECTIONS_PER_BLOCK, 0);
	l->sections_per_root = 1;
	if (l->fact[OFL_F_SPARSEMEM_EXTREME].value)
		l->sections_per_root = l->page_bytes /
			ofl_fact_u64(l, OFL_F_MEM_SECTION_BYTES);
	return find_roots(t, l, err);
}

/* struct trace_print_flags { unsigned long mask; const char *name; } */
static void load_pageflags(const struct ofl_target *t, struct ofl_layout *l)
{
	uint64_t kva = (uint64_t)ofl_fact_value(l, OFL_F_PAGEFLAG_NAMES, 0);
	uint64_t entry[2];

	while (kva && l->nr_pageflags < OFL_MAX_PAGEFLAGS) {
		struct ofl_pageflag *pf = &l->pageflag[l->nr_pageflags];

		if (ofl_read(t, kva, entry, sizeof(entry)) != OFL_READ_OK)
			return;
		/* the table ends with mask 0; all entries are single bits */
		l->pageflags_whole = !entry[0];
		if (l->pageflags_whole ||
		    (entry[0] & (entry[0] - 1)) ||
		    !ofl_read_str(t, entry[1], pf->name, sizeof(pf->name)))
			return;
		pf->mask = entry[0];
		l->pageflags_mask |= entry[0];
		l->nr_pageflags++;
		kva += sizeof(entry);
	}
}

/** struct type_source - where the test for a page type comes from */
struct type_source {
	enum ofl_fact_id pgty;		/* enumerator of v6.12 and later */
	int number;			/* fact with a VMCOREINFO number, or -1 */
};

static const struct type_source type_sources[] = {
	[OFL_TYPE_BUDDY] = { OFL_F_PGTY_BUDDY, OFL_F_BUDDY_NUMBER },
	[OFL_TYPE_HUGETLB] = { OFL_F_PGTY_HUGETLB, OFL_F_HUGETLB_NUMBER },
	[OFL_TYPE_SLAB] = { OFL_F_PGTY_SLAB, OFL_F_SLAB_NUMBER },
	[OFL_TYPE_TABLE] = { OFL_F_PGTY_TABLE, -1 },
	[OFL_TYPE_GUARD] = { OFL_F_PGTY_GUARD, -1 },
	[OFL_TYPE_ZSMALLOC] = { OFL_F_PGTY_ZSMALLOC, -1 },
	[OFL_TYPE_UNACCEPTED] = { OFL_F_PGTY_UNACCEPTED, -1 },
	[OFL_TYPE_LARGE_KMALLOC] = { OFL_F_PGTY_LARGE_KMALLOC, -1 },
};
_Static_assert(OFL_COUNT(type_sources) == OFL_NR_TYPES,
	       "each page type has its witnesses");

static enum ofl_status load_type(struct ofl_layout *l, enum ofl_type type,
				 struct ofl_err *err)
{
	const struct type_source *s = &type_sources[type];
	struct ofl_pagetype by_enum = { 0 }, by_number = { 0 };

	if (ofl_fact_known(l, s->pgty) &&
	    !ofl_pagetype_from_byte(l->fact[s->pgty].value, &by_enum))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
			"enumerator %s has an unknown shape: %#" PRIx64,
			ofl_fact_rows[s->pgty].name, l->fact[s->pgty].value);
	if (s->number >= 0 && l->fact[s->number].known &&
	    !ofl_pagetype_from_number(l->fact[s->number].value, &by_number))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
			"VMCOREINFO %s has an unknown shape: %" PRId64,
			ofl_fact_rows[s->number].name,
			l->fact[s->number].value);
	if (by_enum.shape && by_number.shape &&
	    !ofl_pagetype_equal(&by_enum, &by_number))
		return ofl_fail(err, OFL_ERR_CONFLICT,
			"enumerator %s and VMCOREINFO %s disagree",
			ofl_fact_rows[s->pgty].name,
			ofl_fact_rows[s->number].name);
	l->type[type] = by_enum.shape ? by_enum : by_number;
	return OFL_OK;
}

enum ofl_status ofl_layout_load(const struct ofl_target *t,
				struct ofl_layout *l, struct ofl_err *err)
{
	enum ofl_status st;

	memset(l, 0, sizeof(*l));
	st = load_facts(t, l, OFL_ASKED_EARLY, OFL_BY_SCAN, err);
	if (!st)
		st = conclude(t, l, err);
	if (!st)
		st = ofl_recognise_offline(l, err);
	/* after that: it knows the buddy number of kernels before 4.18 */
	if (!st)
		st = load_type(l, OFL_TYPE_BUDDY, err);
	if (st)
		return st;
	load_pageflags(t, l);
	ofl_find_new_marks(t, l);
	return OFL_OK;
}

enum ofl_status ofl_layout_load_late(const struct ofl_target *t,
				     struct ofl_layout *l, struct ofl_err *err)
{
	enum ofl_status st;
	int i;

	st = load_facts(t, l, OFL_ASKED_LATE, OFL_BY_JUDGE, err);
	if (!st)
		st = check_late_members(l, err);
	for (i = 0; i < OFL_NR_TYPES && !st; i++)
		st = load_type(l, (enum ofl_type)i, err);
	if (!st && !l->type[OFL_TYPE_BUDDY].shape)
		return ofl_fail(err, OFL_ERR_NODATA,
			"nothing tells how free pages are marked: no PGTY_buddy enumerator, no VMCOREINFO PAGE_BUDDY_MAPCOUNT_VALUE");
	return st;
}

enum ofl_status ofl_layout_load_modules(const struct ofl_target *t,
					struct ofl_layout *l,
					struct ofl_err *err)
{
	static const enum ofl_fact_id ids[] = {
		OFL_F_MODULES, OFL_F_MODULE_LIST, OFL_F_MODULE_NAME,
		OFL_F_MODULE_NOTES, OFL_F_NOTES_ATTRS, OFL_F_BIN_ATTR_BYTES,
		OFL_F_BIN_ATTR_ATTR, OFL_F_BIN_ATTR_SIZE,
		OFL_F_BIN_ATTR_PRIVATE, OFL_F_ATTR_NAME,
	};
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < OFL_COUNT(ids) && !st; i++)
		st = ofl_fact_load(t, &ofl_fact_rows[ids[i]], &l->fact[ids[i]],
				   err);
	return st;
}

enum ofl_status ofl_layout_load_holders(const struct ofl_target *t,
					struct ofl_layout *l,
					struct ofl_err *err)
{
	static const struct inner members[] = {
		{ OFL_F_SLAB_CACHE, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_SLAB_COUNTERS, OFL_F_PAGE_BYTES, 2 },
		{ OFL_F_PAGE_INDEX, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_PT_MM, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_PP_MAGIC, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_PAGE_PP, OFL_F_PAGE_BYTES, 8 },
		{ OFL_F_SECTION_PAGE_EXT, OFL_F_MEM_SECTION_BYTES, 8 },
	};
	enum ofl_status st = load_facts(t, l, OFL_ASKED_HOLDERS,
					OFL_BY_NOTHING, err);

	return st ? st : check_inner(l, members,
				     OFL_COUNT(members), err);
}
