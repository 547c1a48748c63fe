// SPDX-License-Identifier: GPL-2.0-or-later
/* filter.c - resolve what the user wants to look at */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kernel/page.h"
#include "kernel/section.h"
#include "scan/filter.h"
#include "target/count.h"
#include "target/text.h"

static bool parse_number(const char *text, int base, const char **end,
			 uint64_t *ret)
{
	char *stop;

	/* strtoull takes blanks and signs; no range is printed like that */
	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret = strtoull(text, &stop, strncasecmp(text, "0x", 2) ? base : 16);
	*end = stop;
	return !errno && stop != text;
}

bool ofl_parse_range(const char *text, int base, uint64_t *lo, uint64_t *hi)
{
	uint64_t a, b;
	const char *end;

	if (!parse_number(text, base, &end, &a))
		return false;
	b = a;
	if (*end == '-' && !parse_number(end + 1, base, &end, &b))
		return false;
	if (*end || b < a)
		return false;
	*lo = a;
	*hi = b;
	return true;
}

/* intersect with the inclusive range that one option named; may leave nothing */
static void narrow(struct ofl_filter *f, uint64_t lo_pfn, uint64_t last_pfn)
{
	f->any = true;
	if (lo_pfn > f->lo_pfn)
		f->lo_pfn = lo_pfn;
	if (last_pfn + 1 < f->hi_pfn)
		f->hi_pfn = last_pfn + 1;
}

/**
 * struct unit - what a range counts
 *
 * pfn and phys are hexadecimal, as crash has them; sections are decimal, as
 * "kmem -n" has them. With 0x every number is hexadecimal.
 */
struct unit {
	const char *option;
	uint64_t pages;		/* of one; 0: it is a byte */
	int base;
};

static enum ofl_status no_range(const struct unit *u, const char *text,
				struct ofl_err *err)
{
	return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: not a range; give START or START-END in %s, END included",
			u->option, text, u->base == 16 ? "hexadecimal" :
			"decimal, or in hexadecimal with 0x");
}

static enum ofl_status by_range(const struct unit *u, const char *text,
				const struct ofl_layout *l,
				struct ofl_filter *f, struct ofl_err *err)
{
	uint64_t end_pfn = l->nr_sections * l->section_pages;
	uint64_t lo, hi, limit;

	if (!ofl_parse_range(text, u->base, &lo, &hi))
		return no_range(u, text, err);
	limit = u->pages ? end_pfn / u->pages : end_pfn * l->page_bytes;
	if (lo >= limit && u->base == 10)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: beyond the last possible one, %#" PRIx64 " (%" PRIu64 ")",
			u->option, text, limit - 1, limit - 1);
	if (lo >= limit)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: beyond the last possible one, %#" PRIx64,
			u->option, text, limit - 1);
	if (hi >= limit)
		hi = limit - 1;
	if (u->pages)
		narrow(f, lo * u->pages, (hi + 1) * u->pages - 1);
	else
		narrow(f, lo / l->page_bytes, hi / l->page_bytes);
	return OFL_OK;
}

static enum ofl_status by_pfn(const char *text, const struct ofl_layout *l,
			      const struct ofl_nodes *n, struct ofl_filter *f,
			      struct ofl_err *err)
{
	(void)n;
	return by_range(&(struct unit){ "-p", 1, 16 }, text, l, f, err);
}

static enum ofl_status by_phys(const char *text, const struct ofl_layout *l,
			       const struct ofl_nodes *n, struct ofl_filter *f,
			       struct ofl_err *err)
{
	(void)n;
	return by_range(&(struct unit){ "-P", 0, 16 }, text, l, f, err);
}

static enum ofl_status by_section(const char *text, const struct ofl_layout *l,
				  const struct ofl_nodes *n,
				  struct ofl_filter *f, struct ofl_err *err)
{
	(void)n;
	return by_range(&(struct unit){ "-S", l->section_pages, 10 }, text, l,
			f, err);
}

static enum ofl_status by_block(const char *text, const struct ofl_layout *l,
				const struct ofl_nodes *n, struct ofl_filter *f,
				struct ofl_err *err)
{
	const char *digits = strncmp(text, "memory", 6) ? text : text + 6;
	uint64_t pages = l->sections_per_block * l->section_pages;
	const char *end;
	uint64_t nr;

	(void)n;
	if (!pages)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: this kernel has no memory blocks (no sections_per_block)",
			text);
	if (!parse_number(digits, 10, &end, &nr) || *end)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: not a memory block; give memoryN or its number N in decimal",
			text);
	if (nr >= l->nr_sections / l->sections_per_block)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: beyond the last possible memory block, memory%" PRIu64,
			text, l->nr_sections / l->sections_per_block - 1);
	narrow(f, nr * pages, (nr + 1) * pages - 1);
	return OFL_OK;
}

/*
 * The page of a struct page; or what is at a physical address, unless it was
 * called a page: the kernel prints such addresses as numbers that mean nothing.
 */
static enum ofl_status by_address(const char *text, bool called_page,
				  const struct ofl_layout *l,
				  struct ofl_filter *f, struct ofl_err *err)
{
	uint64_t pages = l->nr_sections * l->section_pages, at, pfn;
	const char *end;

	if (!parse_number(text, 16, &end, &at) || *end)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: not an address; give it in hexadecimal", text);
	if (!called_page && at < l->page_bytes)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: a physical address in the first page; memory%" PRIu64
			" is block 0x%" PRIx64 ", pfn:0x%" PRIx64 " a page",
			text, at, at, at);
	if (!called_page && at < pages * l->page_bytes) {
		narrow(f, at / l->page_bytes, at / l->page_bytes);
		return OFL_OK;
	}
	if (!ofl_page_pfn_of(l, at, &pfn))
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: %s a struct page is", text, called_page ?
			"no address where" :
			"neither a physical address nor one where");
	narrow(f, pfn, pfn);
	return OFL_OK;
}

/* the digits of numbers, and their 0x; "" if they do not fit: a part is another number */
static void take_digits(const char *from, const char *digits, char *buf,
			size_t bytes)
{
	struct ofl_text text = ofl_text_over(buf, bytes);

	ofl_text_whole(&text, "%.*s", (int)strspn(from, digits), from);
}

static void take_number(const char *from, char *buf, size_t bytes)
{
	take_digits(from, "0123456789abcdefABCDEFxX", buf, bytes);
}

/* a kernel address is typed with 0x or with all of its digits */
static bool is_address(const char *text)
{
	return !strncasecmp(text, "0x", 2) ||
	       (strlen(text) == 16 &&
		strspn(text, "0123456789abcdefABCDEF") == 16);
}

static enum ofl_status no_operand(const char *text, struct ofl_err *err)
{
	return ofl_fail(err, OFL_ERR_ARG,
		"%s: no block, page, address or physical range; give memory39, pfn:0x138400 or 0x138000000-0x13fffffff",
		text);
}

/*
 * "[mem 0x138000000-0x13fffffff]" or less of it; "pfn:0x..." or the line with
 * it that dump_page() prints; an address; else a block
 */
static enum ofl_status by_operand(const char *text, const struct ofl_layout *l,
				  const struct ofl_nodes *n,
				  struct ofl_filter *f, struct ofl_err *err)
{
	const char *from = strstr(text, "0x"), *pfn = strstr(text, "pfn:");
	const char *page = strstr(text, "page:");
	char range[64];
	uint64_t lo, hi;

	if (pfn) {
		take_number(pfn + strlen("pfn:"), range, sizeof(range));
		if (!range[0])
			return no_operand(text, err);
		return by_range(&(struct unit){ "pfn:", 1, 16 }, range, l, f,
				err);
	}
	if (page || is_address(text)) {
		take_number(page ? page + strlen("page:") : text, range,
			    sizeof(range));
		if (!range[0])
			return no_operand(text, err);
		if (page || !strchr(text, '-'))
			return by_address(page ? range : text, page, l, f, err);
	}
	if (!strchr(text, '-'))
		return by_block(text, l, n, f, err);
	if (!from)
		from = text;
	take_digits(from, "0123456789abcdefABCDEFxX-", range, sizeof(range));
	if (!ofl_parse_range(range, 16, &lo, &hi))
		return no_operand(text, err);
	return by_range(&(struct unit){ "physical range", 0, 16 }, range, l, f,
			err);
}

static enum ofl_status no_such_node(const char *text, const struct ofl_nodes *n,
				    struct ofl_err *err)
{
	char list[128];
	struct ofl_text nodes = ofl_text_over(list, sizeof(list));
	size_t i;
	int last = -1;

	for (i = 0; i < n->nr_zones; i++) {
		if (n->zone[i].node == last)
			continue;
		last = n->zone[i].node;
		ofl_text_add(&nodes, " %d", last);
	}
	return ofl_fail(err, OFL_ERR_ARG,
			"-n %s: no such node; nodes with memory are%s", text, list);
}

static enum ofl_status by_node(const char *text, const struct ofl_layout *l,
			       const struct ofl_nodes *n, struct ofl_filter *f,
			       struct ofl_err *err)
{
	const char *end;
	uint64_t nid;

	(void)l;
	if (!parse_number(text, 10, &end, &nid) || *end || nid > INT_MAX ||
	    !ofl_nodes_have(n, (int)nid))
		return no_such_node(text, n, err);
	f->node = (int)nid;
	f->any = true;
	return OFL_OK;
}

static enum ofl_status by_zone(const char *text, const struct ofl_layout *l,
			       const struct ofl_nodes *n, struct ofl_filter *f,
			       struct ofl_err *err)
{
	char list[128];
	struct ofl_text zones = ofl_text_over(list, sizeof(list));
	size_t i;

	(void)l;
	for (i = 0; i < n->nr_zones; i++) {
		if (!strcasecmp(n->zone[i].name, text)) {
			snprintf(f->zone, sizeof(f->zone), "%s", n->zone[i].name);
			f->any = true;
			return OFL_OK;
		}
		if (!strstr(list, n->zone[i].name))
			ofl_text_add(&zones, " %s", n->zone[i].name);
	}
	return ofl_fail(err, OFL_ERR_ARG,
			"-z %s: no such zone; zones with memory are%s", text, list);
}

/* ---- all of them together ---- */

/** struct option - one way to name a part of memory */
struct option {
	const char *name;	/* as typed before the text, "" for the operand */
	size_t at;		/* of the text in struct ofl_filter_args */
	enum ofl_status (*apply)(const char *text, const struct ofl_layout *l,
				 const struct ofl_nodes *n,
				 struct ofl_filter *f, struct ofl_err *err);
};

#define AT(member) offsetof(struct ofl_filter_args, member)
static const struct option options[] = {
	{ "-n ", AT(node), by_node },
	{ "-z ", AT(zone), by_zone },
	{ "-p ", AT(pfn), by_pfn },
	{ "-P ", AT(phys), by_phys },
	{ "-S ", AT(section), by_section },
	{ "-B ", AT(block), by_block },
	{ "", AT(operand), by_operand },
};
#define NR_OPTIONS	(OFL_COUNT(options))
#define ALL_OPTIONS	((1u << NR_OPTIONS) - 1)

/* the text of an option; NULL: not given */
static const char *given(const struct ofl_filter_args *args, size_t i)
{
	const char *text;

	memcpy(&text, (const char *)args + options[i].at, sizeof(text));
	return text;
}

/* @some: the options that count, by their bit */
static enum ofl_status apply(const struct ofl_filter_args *args,
			     unsigned int some, const struct ofl_layout *l,
			     const struct ofl_nodes *n, struct ofl_filter *f,
			     struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	*f = (struct ofl_filter){
		.hi_pfn = l->nr_sections * l->section_pages, .node = -1,
	};
	for (i = 0; i < NR_OPTIONS && !st; i++)
		if ((some >> i & 1) && given(args, i))
			st = options[i].apply(given(args, i), l, n, f, err);
	return st;
}

/** struct reach - is there anything that a filter lets through? */
struct reach {
	const struct ofl_target *t;	/* NULL: sections are not looked at */
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_filter *f;
	bool section;			/* one that has a memmap */
	bool wanted;			/* one that may have pages it wants */
};

static enum ofl_status note_section(void *arg, const struct ofl_section *s)
{
	struct reach *re = arg;

	re->section = true;
	/* zones shrink when memory goes offline: spans say nothing of it */
	re->wanted |= !s->online ||
		      ofl_filter_wants_span(re->f, re->n, s->start_pfn,
					    s->start_pfn + re->l->section_pages);
	return OFL_OK;
}

static bool wants_any_zone(const struct ofl_filter *f,
			   const struct ofl_nodes *n)
{
	size_t i;

	for (i = 0; i < n->nr_zones; i++)
		if (ofl_filter_wants_zone(f, &n->zone[i]))
			return true;
	return !ofl_filter_names_zone(f);
}

static void look_for_pages(struct reach *re)
{
	struct ofl_section_stats stats;

	re->section = re->wanted = false;
	if (re->f->lo_pfn >= re->f->hi_pfn || !wants_any_zone(re->f, re->n))
		return;
	re->section = re->wanted = !re->t;
	if (!re->t)
		return;
	ofl_section_walk(re->t, re->l, re->f->lo_pfn, re->f->hi_pfn,
			 note_section, re, &stats);
	re->wanted |= stats.unreadable != 0;
}

/* two options that leave nothing; all that are given if it takes more */
static unsigned int find_excluding(const struct ofl_filter_args *args,
				   const struct reach *whole)
{
	struct ofl_filter f;
	struct reach re = *whole;
	struct ofl_err err;
	unsigned int some;
	size_t i, j;

	re.f = &f;
	for (i = 0; i < NR_OPTIONS; i++)
		for (j = i + 1; j < NR_OPTIONS; j++) {
			some = 1u << i | 1u << j;
			if (!given(args, i) || !given(args, j) ||
			    apply(args, some, re.l, re.n, &f, &err))
				continue;
			look_for_pages(&re);
			if (!re.wanted)
				return some;
		}
	return ALL_OPTIONS;
}

static enum ofl_status exclude_each_other(const struct ofl_filter_args *args,
					  const struct reach *re,
					  struct ofl_err *err)
{
	unsigned int some = find_excluding(args, re);
	char names[200];
	struct ofl_text text = ofl_text_over(names, sizeof(names));
	size_t i;

	for (i = 0; i < NR_OPTIONS; i++)
		if ((some >> i & 1) && given(args, i))
			ofl_text_item(&text, " and ", "%s%.40s",
				      options[i].name, given(args, i));
	return ofl_fail(err, OFL_ERR_ARG,
		"%s exclude each other: no page is left to look at", names);
}

enum ofl_status ofl_filter_resolve(const struct ofl_filter_args *args,
				   const struct ofl_layout *l,
				   const struct ofl_nodes *n,
				   struct ofl_filter *ret, struct ofl_err *err)
{
	struct ofl_filter f;
	struct reach re = { .l = l, .n = n, .f = &f };
	enum ofl_status st = apply(args, ALL_OPTIONS, l, n, &f, err);

	if (st)
		return st;
	look_for_pages(&re);
	if (!re.wanted)
		return exclude_each_other(args, &re, err);
	*ret = f;
	return OFL_OK;
}

/* a number copied from a column may have lost its 0x */
static enum ofl_status section_has_no_memmap(const char *text, uint64_t nr,
					     struct ofl_err *err)
{
	uint64_t as_hex = strtoull(text, NULL, 16);

	return ofl_fail(err, OFL_ERR_ARG,
		"-S %s: section 0x%" PRIx64 " (%" PRIu64 ") has no memmap, 0x%"
		PRIx64 " is %" PRIu64 "; kmem -n lists sections in decimal",
		text, nr, nr, as_hex, as_hex);
}

/** struct block_list - memory blocks that have a memmap, as a text */
struct block_list {
	const struct ofl_layout *l;
	uint64_t first, last;	/* of the run that grows */
	bool any;
	struct ofl_text *text;
};

static void end_run(struct block_list *list)
{
	if (list->any)
		ofl_text_item(list->text, ", ", "memory%" PRIu64, list->first);
	if (list->any && list->last > list->first)
		ofl_text_add(list->text, "-%" PRIu64, list->last);
}

static enum ofl_status note_block(void *arg, const struct ofl_section *s)
{
	struct block_list *list = arg;
	uint64_t nr = s->start_pfn / list->l->section_pages /
		      list->l->sections_per_block;

	if (list->any && nr <= list->last + 1) {
		list->last = nr;
		return OFL_OK;
	}
	end_run(list);
	list->first = list->last = nr;
	list->any = true;
	return OFL_OK;
}

static enum ofl_status no_such_block(const struct ofl_target *t,
				     const struct ofl_layout *l, uint64_t nr,
				     struct ofl_err *err)
{
	char names[200];
	struct ofl_text text = ofl_text_over(names, sizeof(names));
	struct block_list list = { .l = l, .text = &text };
	struct ofl_section_stats stats;

	ofl_section_walk(t, l, 0, l->nr_sections * l->section_pages, note_block,
			 &list, &stats);
	end_run(&list);
	return ofl_fail(err, OFL_ERR_ARG,
			"memory%" PRIu64 ": no such block; there are %s", nr,
			names);
}

enum ofl_status ofl_filter_refuse_nowhere(const struct ofl_target *t,
					  const struct ofl_filter_args *args,
					  const struct ofl_layout *l,
					  const struct ofl_nodes *n,
					  const struct ofl_filter *f,
					  struct ofl_err *err)
{
	struct reach re = { .t = t, .l = l, .n = n, .f = f };
	uint64_t pages = l->sections_per_block * l->section_pages;

	look_for_pages(&re);
	if (re.wanted)
		return OFL_OK;
	if (re.section)
		return exclude_each_other(args, &re, err);
	if (args->section)
		return section_has_no_memmap(args->section, f->lo_pfn /
					     l->section_pages, err);
	if ((args->block || args->operand) && f->hi_pfn - f->lo_pfn == pages)
		return no_such_block(t, l, f->lo_pfn / pages, err);
	return ofl_fail(err, OFL_ERR_ARG,
		"no memory section has a memmap in pfn 0x%" PRIx64 "-0x%" PRIx64
		"; kmem -n lists the sections", f->lo_pfn, f->hi_pfn - 1);
}

static void narrow_to_zones(const struct ofl_nodes *n, struct ofl_filter *f)
{
	uint64_t lo = UINT64_MAX, hi = 0, end;
	size_t i;

	for (i = 0; i < n->nr_zones; i++) {
		if (!ofl_filter_wants_zone(f, &n->zone[i]))
			continue;
		end = n->zone[i].start_pfn + n->zone[i].spanned_pages;
		if (n->zone[i].start_pfn < lo)
			lo = n->zone[i].start_pfn;
		if (end > hi)
			hi = end;
	}
	if (lo > f->lo_pfn)
		f->lo_pfn = lo;
	if (hi < f->hi_pfn)
		f->hi_pfn = hi;
}

enum ofl_status ofl_filter_whole_blocks(const struct ofl_layout *l,
					const struct ofl_nodes *n,
					struct ofl_filter *f,
					struct ofl_err *err)
{
	uint64_t pages = l->sections_per_block * l->section_pages;

	if (!pages)
		return ofl_fail(err, OFL_ERR_NODATA,
			"this kernel has no memory blocks (no sections_per_block)");
	if (ofl_filter_names_zone(f))
		narrow_to_zones(n, f);
	f->lo_pfn = f->lo_pfn / pages * pages;
	f->hi_pfn = (f->hi_pfn + pages - 1) / pages * pages;
	f->node = -1;
	f->zone[0] = '\0';
	return OFL_OK;
}

bool ofl_filter_wants_span(const struct ofl_filter *f,
			   const struct ofl_nodes *n, uint64_t lo_pfn,
			   uint64_t hi_pfn)
{
	size_t i;

	if (lo_pfn < f->lo_pfn)
		lo_pfn = f->lo_pfn;
	if (hi_pfn > f->hi_pfn)
		hi_pfn = f->hi_pfn;
	if (lo_pfn >= hi_pfn)
		return false;
	if (!ofl_filter_names_zone(f))
		return true;
	for (i = 0; i < n->nr_zones; i++) {
		const struct ofl_zone *z = &n->zone[i];

		if (ofl_filter_wants_zone(f, z) && z->start_pfn < hi_pfn &&
		    z->start_pfn + z->spanned_pages > lo_pfn)
			return true;
	}
	return false;
}
