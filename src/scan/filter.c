// SPDX-License-Identifier: GPL-2.0-or-later
/* filter.c - resolve what the user wants to look at */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scan/filter.h"
#include "target/text.h"

static bool parse_number(const char *text, int base, const char **end,
			 uint64_t *ret)
{
	char *stop;

	/* strtoull takes blanks and signs; no range is printed like that */
	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret = strtoull(text, &stop, base);
	*end = stop;
	return !errno && stop != text;
}

bool ofl_parse_hex_range(const char *text, uint64_t *lo, uint64_t *hi)
{
	uint64_t a, b;
	const char *end;

	if (!parse_number(text, 16, &end, &a))
		return false;
	b = a;
	if (*end == '-' && !parse_number(end + 1, 16, &end, &b))
		return false;
	if (*end || b < a)
		return false;
	*lo = a;
	*hi = b;
	return true;
}

/* intersect with the inclusive range that one option named */
static enum ofl_status narrow(struct ofl_filter *f, uint64_t lo_pfn,
			      uint64_t last_pfn, struct ofl_err *err)
{
	f->any = true;
	if (lo_pfn > f->lo_pfn)
		f->lo_pfn = lo_pfn;
	if (last_pfn + 1 < f->hi_pfn)
		f->hi_pfn = last_pfn + 1;
	if (f->lo_pfn < f->hi_pfn)
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_ARG,
		"the filters exclude each other: no page is left to look at");
}

/* a range in units of @unit_pages pages; 0 stands for bytes */
static enum ofl_status by_range(const char *option, const char *text,
				uint64_t unit_pages, const struct ofl_layout *l,
				struct ofl_filter *f, struct ofl_err *err)
{
	uint64_t end_pfn = l->nr_sections * l->section_pages;
	uint64_t lo, hi, limit;

	if (!ofl_parse_hex_range(text, &lo, &hi))
		return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: not a range; give START or START-END in hexadecimal, END included",
			option, text);
	limit = unit_pages ? end_pfn / unit_pages : end_pfn * l->page_bytes;
	if (lo >= limit)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: beyond the last possible one, %#" PRIx64,
			option, text, limit - 1);
	if (hi >= limit)
		hi = limit - 1;
	if (!unit_pages)
		return narrow(f, lo / l->page_bytes, hi / l->page_bytes, err);
	return narrow(f, lo * unit_pages, (hi + 1) * unit_pages - 1, err);
}

static enum ofl_status by_block(const char *text, const struct ofl_layout *l,
				struct ofl_filter *f, struct ofl_err *err)
{
	const char *digits = strncmp(text, "memory", 6) ? text : text + 6;
	uint64_t pages = l->sections_per_block * l->section_pages;
	int base = strncmp(digits, "0x", 2) ? 10 : 16;
	const char *end;
	uint64_t nr;

	if (!pages)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: this kernel has no memory blocks (no sections_per_block)",
			text);
	if (!parse_number(digits, base, &end, &nr) || *end)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: not a memory block; give memoryN or its number N in decimal",
			text);
	if (nr >= l->nr_sections / l->sections_per_block)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s: beyond the last possible memory block, memory%" PRIu64,
			text, l->nr_sections / l->sections_per_block - 1);
	return narrow(f, nr * pages, (nr + 1) * pages - 1, err);
}

/* "[mem 0x138000000-0x13fffffff]" or less of it; else a block */
static enum ofl_status by_operand(const char *text, const struct ofl_layout *l,
				  struct ofl_filter *f, struct ofl_err *err)
{
	const char *from = strstr(text, "0x");
	char range[64];

	if (!strchr(text, '-'))
		return by_block(text, l, f, err);
	if (!from)
		from = text;
	snprintf(range, sizeof(range), "%.*s",
		 (int)strspn(from, "0123456789abcdefABCDEFxX-"), from);
	return by_range("physical range", range, 0, l, f, err);
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

static enum ofl_status by_node(const char *text, const struct ofl_nodes *n,
			       struct ofl_filter *f, struct ofl_err *err)
{
	const char *end;
	uint64_t nid;

	if (!parse_number(text, 10, &end, &nid) || *end || nid > INT_MAX ||
	    !ofl_nodes_have(n, (int)nid))
		return no_such_node(text, n, err);
	f->node = (int)nid;
	f->any = true;
	return OFL_OK;
}

static enum ofl_status by_zone(const char *text, const struct ofl_nodes *n,
			       struct ofl_filter *f, struct ofl_err *err)
{
	char list[128];
	struct ofl_text zones = ofl_text_over(list, sizeof(list));
	size_t i;

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

enum ofl_status ofl_filter_resolve(const struct ofl_filter_args *args,
				   const struct ofl_layout *l,
				   const struct ofl_nodes *n,
				   struct ofl_filter *ret, struct ofl_err *err)
{
	struct ofl_filter f = {
		.hi_pfn = l->nr_sections * l->section_pages, .node = -1,
	};
	enum ofl_status st = OFL_OK;

	if (args->node)
		st = by_node(args->node, n, &f, err);
	if (!st && args->zone)
		st = by_zone(args->zone, n, &f, err);
	if (!st && args->pfn)
		st = by_range("-p", args->pfn, 1, l, &f, err);
	if (!st && args->phys)
		st = by_range("-P", args->phys, 0, l, &f, err);
	if (!st && args->section)
		st = by_range("-S", args->section, l->section_pages, l, &f, err);
	if (!st && args->block)
		st = by_block(args->block, l, &f, err);
	if (!st && args->operand)
		st = by_operand(args->operand, l, &f, err);
	if (!st)
		*ret = f;
	return st;
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

bool ofl_filter_wants_zone(const struct ofl_filter *f, const struct ofl_zone *z)
{
	return (f->node < 0 || f->node == z->node) &&
	       (!f->zone[0] || !strcmp(f->zone, z->name));
}

bool ofl_filter_wants_span(const struct ofl_filter *f,
			   const struct ofl_nodes *n, uint64_t lo_pfn,
			   uint64_t hi_pfn)
{
	size_t i;

	if (hi_pfn <= f->lo_pfn || lo_pfn >= f->hi_pfn)
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
