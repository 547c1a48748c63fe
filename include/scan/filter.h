/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.h - which part of memory a command is to look at
 *
 * Depends on layout.h and node.h. The user's words are taken as they are and
 * resolved against the layout of the dump; several filters intersect.
 */
#ifndef OFL_FILTER_H
#define OFL_FILTER_H

#include <string.h>

#include "kernel/node.h"
#include "layout/layout.h"

/** struct ofl_filter_args - option arguments as typed; NULL: not given */
struct ofl_filter_args {
	const char *node;	/* -n  decimal */
	const char *zone;	/* -z  name, any case */
	const char *pfn;	/* -p  hex[-hex] */
	const char *phys;	/* -P  hex[-hex], bytes */
	const char *section;	/* -S  hex[-hex] */
	const char *block;	/* -B  memoryN or decimal */
	/* a block, an address, or a physical range or a page as dmesg prints it */
	const char *operand;
};

/** struct ofl_filter - the same, resolved */
struct ofl_filter {
	uint64_t lo_pfn, hi_pfn;	/* half-open */
	int node;			/* -1: any */
	char zone[16];			/* "": any */
	bool any;			/* at least one filter was given */
};

/**
 * ofl_filter_resolve() - turn words into a range of pfns, a node and a zone
 * @n: in  for the existence of node and zone
 *
 * Shape:  ends are inclusive for the user, half-open in @ret.
 * Errors: OFL_ERR_ARG: malformed, empty, beyond MAX_PHYSMEM, no such node or
 *         zone; two filters that exclude each other, with both named.
 */
enum ofl_status ofl_filter_resolve(const struct ofl_filter_args *args,
				   const struct ofl_layout *l,
				   const struct ofl_nodes *n,
				   struct ofl_filter *ret, struct ofl_err *err);

/**
 * ofl_filter_refuse_nowhere() - refuse a filter that no page can pass
 * @args: in  what @f was resolved from, for their names
 *
 * Shape:  "0 pages" would be the answer to a question that was not meant. A
 *         section that is not online may have stale pages of any zone, and one
 *         that cannot be read may have anything: neither is refused.
 * Errors: OFL_ERR_ARG: no section has a memmap there; two filters that exclude
 *         each other, with both named.
 */
enum ofl_status ofl_filter_refuse_nowhere(const struct ofl_target *t,
					  const struct ofl_filter_args *args,
					  const struct ofl_layout *l,
					  const struct ofl_nodes *n,
					  const struct ofl_filter *f,
					  struct ofl_err *err);

/**
 * ofl_filter_whole_blocks() - widen a filter to whole memory blocks
 *
 * Shape:  a verdict on half a block would be wrong. Node and zone narrow the
 *         range to the spans of their zones and are then taken off: a
 *         command that prints blocks must leave out those of other zones.
 * Errors: OFL_ERR_NODATA if the kernel has no memory blocks.
 */
enum ofl_status ofl_filter_whole_blocks(const struct ofl_layout *l,
					const struct ofl_nodes *n,
					struct ofl_filter *f,
					struct ofl_err *err);

/** ofl_filter_names_zone() - does it leave out pages by node or zone? */
static inline bool ofl_filter_names_zone(const struct ofl_filter *f)
{
	return f->node >= 0 || f->zone[0];
}

/** ofl_filter_wants_zone() - may pages of this zone be shown? */
static inline bool ofl_filter_wants_zone(const struct ofl_filter *f,
					 const struct ofl_zone *z)
{
	return (f->node < 0 || f->node == z->node) &&
	       (!f->zone[0] || !strcmp(f->zone, z->name));
}

/**
 * ofl_filter_wants_span() - may online pages in [lo_pfn, hi_pfn) be wanted?
 *
 * Shape:  false only if what the range shares with the filter's range lies
 *         outside of the span of every zone that it lets through, so that
 *         nothing need be read.
 */
bool ofl_filter_wants_span(const struct ofl_filter *f,
			   const struct ofl_nodes *n, uint64_t lo_pfn,
			   uint64_t hi_pfn);

/**
 * ofl_parse_range() - "a" or "a-b", in @base, or hexadecimal with 0x
 * @lo, @hi: out  inclusive; equal for a single number
 *
 * Errors: false if malformed, too large or hi < lo.
 */
bool ofl_parse_range(const char *text, int base, uint64_t *lo, uint64_t *hi);

/** ofl_filter_same() - do both let the same pages pass? */
static inline bool ofl_filter_same(const struct ofl_filter *a,
				   const struct ofl_filter *b)
{
	return a->lo_pfn == b->lo_pfn && a->hi_pfn == b->hi_pfn &&
	       a->node == b->node && !strcmp(a->zone, b->zone);
}

#endif
