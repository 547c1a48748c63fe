// SPDX-License-Identifier: GPL-2.0-or-later
/* pagelist.c - walk a list of struct pages */
#include <inttypes.h>
#include <string.h>

#include "owners/pagelist.h"
#include "kernel/page.h"
#include "kernel/pagereader.h"
#include "kernel/section.h"
#include "target/count.h"

#define POLL_ENTRIES	4096	/* between two looks at ^C */
/*
 * include/linux/poison.h: 0x100 and 0x122 above POISON_POINTER_DELTA, which
 * is CONFIG_ILLEGAL_POINTER_VALUE: by architecture, or 0 where it has none
 */
#define POISON_1	0x100
#define POISON_2	0x122
static const uint64_t poison_delta[] = {
	0xdead000000000000ull,	/* x86, arm64, riscv, loongarch */
	0x5deadbeef0000000ull,	/* powerpc */
	0,
};

/** struct walk - state of one walk */
struct walk {
	const struct ofl_env *env;
	struct ofl_page_format format;
	struct ofl_pagelist *list;
	struct ofl_pagereader reader;
	const unsigned char *raw;	/* the struct page in work */
};

/* what ended a walk; only the driver, or who damaged its list, is to blame for an error */
static const struct {
	const char *text;
	enum ofl_finding_id finding;
} ends[] = {
	[OFL_LIST_WHOLE] = { "is whole", OFL_NR_FINDINGS },
	[OFL_LIST_NO_HEAD] = { "has no readable head",
			       OFL_FINDING_LIST_UNREADABLE },
	[OFL_LIST_NOWHERE] = { "points outside the memmap",
			       OFL_FINDING_LIST_BROKEN },
	[OFL_LIST_POISON] = { "points to an entry that was taken off",
			      OFL_FINDING_LIST_BROKEN },
	[OFL_LIST_NULL] = { "ends in NULL", OFL_FINDING_LIST_BROKEN },
	[OFL_LIST_UNREADABLE] = { "points to a struct page that is not in the dump",
				  OFL_FINDING_LIST_UNREADABLE },
	[OFL_LIST_NO_SECTION] = { "points to a struct page whose section is damaged, or not in the dump",
				  OFL_FINDING_LIST_UNREADABLE },
	[OFL_LIST_LOOP] = { "loops", OFL_FINDING_LIST_BROKEN },
	[OFL_LIST_BACKWARDS] = { "has an entry that does not point back",
				 OFL_FINDING_LIST_BROKEN },
	[OFL_LIST_INTERRUPTED] = { "was not walked to its end: interrupted",
				   OFL_FINDING_LIST_INTERRUPTED },
};
_Static_assert(OFL_COUNT(ends) == OFL_NR_LIST_ENDS, "each end has a row");

static bool is_poison(uint64_t kva)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(poison_delta); i++)
		if (kva - poison_delta[i] == POISON_1 ||
		    kva - poison_delta[i] == POISON_2)
			return true;
	return false;
}

/* pfn of the struct page that has its lru at @kva; false: there is none */
static bool pfn_of(const struct ofl_layout *l, uint64_t kva, uint64_t *pfn)
{
	return ofl_page_pfn_of(l, kva - ofl_fact_u64(l, OFL_F_PAGE_LRU), pfn);
}

/** struct where - the section of a page */
struct where {
	bool exists, online;
	bool unknown;		/* whether there is one; a part cannot be read */
};

static enum ofl_status note_section(void *arg, const struct ofl_section *s)
{
	*(struct where *)arg = (struct where){
		.exists = true, .online = s->online, .unknown = s->corrupt,
	};
	return OFL_OK;
}

static struct where find_section(const struct ofl_env *env, uint64_t pfn)
{
	struct ofl_section_stats stats;
	struct where w = { .exists = false };

	ofl_section_walk(env->t, env->l, pfn, pfn + 1, note_section, &w,
			 &stats);
	w.unknown |= stats.unreadable != 0;
	return w;
}

static void note(struct ofl_listed *n, uint64_t pfn)
{
	if (!n->pages++)
		n->pfn = pfn;
}

static void check_page(struct walk *w, uint64_t pfn, bool head)
{
	struct ofl_pagelist *list = w->list;
	int32_t ref = ofl_page_refcount(&w->format, w->raw);

	if (!ofl_page_is_offline(&w->format, w->raw))
		note(&list->not_offline, pfn);
	if (list->private &&
	    ofl_page_private(&w->format, w->raw) != list->private)
		note(&list->bad_private, pfn);
	if (head ? ref <= 0 : ref < 0)
		note(&list->bad_ref, pfn);
	else if (ref > head)
		note(&list->extra_ref, pfn);
}

/* the first page of a section on the list: is there such a section at all? */
static void enter_section(struct walk *w, uint64_t pfn)
{
	struct where where = find_section(w->env, pfn);

	if (where.unknown)
		w->list->end = OFL_LIST_NO_SECTION;
	else if (!where.exists)	/* and yet it has a memmap? */
		w->list->end = w->raw ? OFL_LIST_NO_SECTION : OFL_LIST_NOWHERE;
	else if (!where.online)
		note(&w->list->not_online, pfn);
}

static enum ofl_status add(struct walk *w, uint64_t pfn, struct ofl_err *err)
{
	switch (ofl_pfnset_add(&w->list->set, pfn)) {
	case OFL_PFNSET_NOMEM:
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory for its list of pages");
	case OFL_PFNSET_AGAIN:
		w->list->end = OFL_LIST_LOOP;
		break;
	case OFL_PFNSET_NEW_PIECE:
		enter_section(w, pfn);
		break;
	case OFL_PFNSET_NEW:
		break;
	}
	return OFL_OK;
}

/* the pages of a unit behind its first one, which alone is on the list */
static enum ofl_status add_tails(struct walk *w, uint64_t pfn, uint64_t page_kva,
				 struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	uint64_t i;

	for (i = 1; i < w->list->unit_pages && !st &&
	     w->list->end == OFL_LIST_WHOLE; i++) {
		page_kva += w->env->l->struct_page_bytes;
		st = add(w, pfn + i, err);
		w->raw = ofl_pagereader_get(&w->reader, page_kva);
		if (w->raw)
			check_page(w, pfn + i, false);
	}
	return st;
}

/* what is wrong with an entry, before it is looked at */
static enum ofl_pagelist_end judge_link(const struct walk *w, uint64_t kva,
					uint64_t *pfn)
{
	if (!kva)
		return OFL_LIST_NULL;
	if (is_poison(kva))
		return OFL_LIST_POISON;
	if (!w->env->l->vmemmap_kva)
		return OFL_LIST_NO_SECTION;	/* none could be read */
	return pfn_of(w->env->l, kva, pfn) ? OFL_LIST_WHOLE : OFL_LIST_NOWHERE;
}

/* one entry; *@kva goes on to the next */
static enum ofl_status visit(struct walk *w, uint64_t *kva, uint64_t prev_kva,
			     struct ofl_err *err)
{
	const struct ofl_layout *l = w->env->l;
	uint64_t lru = ofl_fact_u64(l, OFL_F_PAGE_LRU), pfn = 0, next = 0, prev;
	struct ofl_pagelist *list = w->list;
	enum ofl_status st;

	list->broken_kva = *kva;
	list->from_kva = prev_kva;
	list->end = judge_link(w, *kva, &pfn);
	if (list->end)
		return OFL_OK;
	w->raw = ofl_pagereader_get(&w->reader, *kva - lru);
	if (w->raw && ofl_page_is_zero(&w->format, w->raw)) {
		list->end = OFL_LIST_UNREADABLE;
		return OFL_OK;
	}
	/* an entry that does not point back is not proved to be on it */
	if (w->raw && ofl_page_lru(&w->format, w->raw, &next, &prev) &&
	    prev != prev_kva && !ofl_pfnset_has(&list->set, pfn)) {
		list->end = OFL_LIST_BACKWARDS;
		return OFL_OK;
	}
	st = add(w, pfn, err);
	if (st || list->end)
		return st;
	list->entries++;
	if (!w->raw) {
		list->end = OFL_LIST_UNREADABLE;
		return OFL_OK;
	}
	check_page(w, pfn, true);
	st = add_tails(w, pfn, *kva - lru, err);
	*kva = next;
	return st;
}

enum ofl_status ofl_pagelist_walk(const struct ofl_env *env, uint64_t head_kva,
				  struct ofl_pagelist *list,
				  struct ofl_err *err)
{
	struct walk w = {
		.env = env, .list = list, .reader = { .t = env->t, .l = env->l },
	};
	uint64_t kva, prev = head_kva, at;
	enum ofl_status st = OFL_OK;

	*list = (struct ofl_pagelist){
		.unit_pages = list->unit_pages, .private = list->private,
		.set.piece_pages = env->l->section_pages,
		.broken_kva = head_kva, .from_kva = head_kva,
		.end = OFL_LIST_NO_HEAD,
	};
	ofl_page_format_init(&w.format, env->l, env->n);
	if (!ofl_read_u64(env->t, head_kva, &kva) ||
	    !kva)	/* zeros: not in the dump */
		return OFL_OK;
	list->end = OFL_LIST_WHOLE;
	/* most are the pages that a scan looks at next */
	ofl_rereads(env->t, true);
	while (kva != head_kva && list->end == OFL_LIST_WHOLE && !st) {
		at = kva;
		st = visit(&w, &kva, prev, err);
		prev = at;
		if (list->entries % POLL_ENTRIES == POLL_ENTRIES - 1 &&
		    ofl_interrupted(env->t))
			list->end = OFL_LIST_INTERRUPTED;
	}
	ofl_rereads(env->t, false);
	return st;
}

void ofl_pagelist_free(struct ofl_pagelist *list)
{
	ofl_pfnset_free(&list->set);
}

static void complain(struct ofl_account *a, enum ofl_finding_id id,
		     const struct ofl_listed *n, const char *what,
		     const char *wrong)
{
	if (n->pages)
		ofl_account_complain(a, id, false, n->pfn, n->pages,
				     "%s: %" PRIu64 " %s", what, n->pages,
				     wrong);
}

void ofl_pagelist_count(const struct ofl_pagelist *list, const char *name,
			const char *at_least, uint64_t n,
			struct ofl_account *a)
{
	ofl_account_counter(a, list->end == OFL_LIST_WHOLE ? name : at_least,
			    (int64_t)n);
}

void ofl_pagelist_complain(const struct ofl_pagelist *list, const char *what,
			   struct ofl_account *a)
{
	if (list->end != OFL_LIST_WHOLE)
		ofl_account_complain(a, ends[list->end].finding, false, 0, 0,
			"%s %s, at 0x%" PRIx64 " from 0x%" PRIx64
			", after %" PRIu64 " entries",
			what, ends[list->end].text, list->broken_kva,
			list->from_kva, list->entries);
	complain(a, OFL_FINDING_LISTED_NOT_OFFLINE, &list->not_offline, what,
		 "not PageOffline");
	complain(a, OFL_FINDING_LISTED_BAD_REF, &list->bad_ref, what,
		 "without a reference");
	complain(a, OFL_FINDING_LISTED_EXTRA_REF, &list->extra_ref, what,
		 "with more references than the driver's");
	complain(a, OFL_FINDING_LISTED_NOT_ONLINE, &list->not_online, what,
		 "of its sections not online");
	complain(a, OFL_FINDING_LISTED_BAD_POINTER, &list->bad_private, what,
		 "that point back to another device");
}
