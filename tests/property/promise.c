// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * promise.c - compare two documents of one command
 *
 * The codes:
 *	page		an offline page became not offline, or the other way
 *	verdict		a block's verdict became another one, not UNKNOWN
 *	owner		pages were given to an owner that did not have them
 *	orphan		pages became orphans
 *	outcome		pages got an outcome that they did not have
 *	finding		a finding that was none, or one is gone and nobody says so
 *	device		a device appeared, or has more than it had
 *	unplug		whether a device can be unplugged became another answer
 *	holder		pages were given to a holder that did not have them
 *	map		a cell of a map became another one, not unknown
 *	value		a cell shows another value than it did
 *	status		the result became better
 *	silent		a row changed, and the result is ok
 *	document	there is no document, or not one line of failure
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "promise.h"

static void broken(const struct promise *p, const char *code, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));

static void broken(const struct promise *p, const char *code, const char *fmt,
		   ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->broken(p->arg, code, text);
}

/* ---- members ---- */

static struct json_object *member(struct json_object *o, const char *name)
{
	struct json_object *ret = NULL;

	if (json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, name, &ret);
	return ret;
}

/* "" if it is null or not there */
static const char *text(struct json_object *o, const char *name)
{
	struct json_object *m = member(o, name);

	return m ? json_object_get_string(m) : "";
}

static int64_t number(struct json_object *o, const char *name)
{
	struct json_object *m = member(o, name);

	return m ? json_object_get_int64(m) : 0;
}

static size_t length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ?
	       json_object_array_length(array) : 0;
}

/* is the cell empty, or does it say that it is not known, or that not all is? */
static bool says_nothing(struct json_object *m)
{
	const char *s;

	if (!m)
		return true;
	/* "?" comes last in a list that may not be whole */
	if (length(m))
		m = json_object_array_get_idx(m, length(m) - 1);
	s = json_object_get_string(m);
	return !strcmp(s, "unknown") || !strcmp(s, "?");
}

/* ---- the status ---- */

static int rank_of(struct json_object *document)
{
	static const char *const result[] = {
		"ok", "findings", "incomplete", "failed"
	};
	const char *word = text(member(document, "status"), "result");
	int i;

	for (i = 0; i < 4; i++)
		if (!strcmp(word, result[i]))
			return i;
	return -1;
}

/* what the commands say besides rows: other words for the same facts */
static const char *const rows_of[][8] = {
	{ "offline", "recognition", "sections", "memory_blocks", "owners",
	  "zones", "totals", NULL },
	{ "offrange", "ranges", "unknown", "totals", NULL },
	{ "offcheck", "classes", "findings", "unknown", "totals", NULL },
	{ "offblock", "blocks", "memory_devices", "unknown", "totals", NULL },
	{ "offmap", "cells", "unknown", "totals", NULL },
	{ "offowner", "sections", "devices", "findings", "kernel_counters",
	  "unknown", "totals", NULL },
};

static bool same_text(struct json_object *a, struct json_object *b)
{
	return !strcmp(a ? json_object_to_json_string(a) : "",
		       b ? json_object_to_json_string(b) : "");
}

/* holders are told in words; how many are not identified the status says */
static bool same_devices(struct json_object *a, struct json_object *b)
{
	size_t i, nr = length(a);
	bool same = length(b) == nr;

	for (i = 0; i < nr && same; i++) {
		struct json_object *x = json_object_array_get_idx(a, i);
		struct json_object *y = json_object_array_get_idx(b, i);

		json_object_object_foreach(x, name, value)
			same &= !strcmp(name, "reason") ||
				same_text(value, member(y, name));
	}
	return same;
}

/* other sources are not other rows */
static bool same_rows(struct json_object *a, struct json_object *b,
		      const char *name)
{
	a = member(a, name);
	b = member(b, name);
	if (!strcmp(name, "memory_devices"))
		return same_devices(a, b);
	if (!strcmp(name, "recognition"))
		return same_text(member(a, "value"), member(b, "value")) &&
		       same_text(member(a, "mask"), member(b, "mask"));
	return same_text(a, b);
}

static void check_status(const struct promise *p)
{
	int was = rank_of(p->full), is = rank_of(p->less);
	const char *command = text(p->full, "command");
	size_t c, i;

	if (is < was)
		broken(p, "status", "was %s, is %s",
		       text(member(p->full, "status"), "result"),
		       text(member(p->less, "status"), "result"));
	if (is > 0)
		return;
	for (c = 0; c < sizeof(rows_of) / sizeof(rows_of[0]); c++)
		for (i = 1; !strcmp(rows_of[c][0], command) && rows_of[c][i]; i++)
			if (!same_rows(p->full, p->less, rows_of[c][i]))
				broken(p, "silent", "%s changed under ok",
				       rows_of[c][i]);
}

/* ---- cells ---- */

/* each cell that shows something has to show the same as before */
static void check_cells(const struct promise *p, const char *row,
			struct json_object *was, struct json_object *is,
			const char *const *name)
{
	for (; *name; name++) {
		struct json_object *w = member(was, *name);
		struct json_object *i = member(is, *name);

		if (!says_nothing(i) && !same_text(w, i))
			broken(p, "value", "%s: %s was %s, is %s", row, *name,
			       w ? json_object_get_string(w) : "null",
			       json_object_get_string(i));
	}
}

/* whose pages point to a balloon: without the driver they are of "balloon" */
static const char *const balloon[] = { "virtio_balloon", "vmw_balloon", "cmm" };

#define NR_BALLOONS (sizeof(balloon) / sizeof(balloon[0]))

static bool is_weaker(const char *was, const char *is)
{
	size_t i;

	for (i = 0; i < NR_BALLOONS; i++)
		if (!strcmp(is, "balloon") && !strcmp(was, balloon[i]))
			return true;
	return false;
}

/* pages that an owner may have */
static int64_t allowed(struct json_object *was, const char *name)
{
	int64_t sum = number(was, name);
	size_t i;

	for (i = 0; i < NR_BALLOONS; i++)
		if (is_weaker(balloon[i], name))
			sum += number(was, balloon[i]);
	return sum;
}

/* each number of an object may only become less */
static void check_parts(const struct promise *p, const char *code,
			const char *row, struct json_object *was,
			struct json_object *is)
{
	if (!json_object_is_type(is, json_type_object))
		return;
	json_object_object_foreach(is, name, value) {
		int64_t w = allowed(was, name);
		int64_t i = json_object_get_int64(value);

		if (i > w && strcasecmp(name, "unknown"))
			broken(p, strcmp(name, "orphan") ? code : "orphan",
			       "%s: %s had %" PRId64 ", has %" PRId64, row,
			       name, w, i);
	}
}

/* the row of @array whose cells @a and @b are those of @like */
static struct json_object *same_row(struct json_object *array,
				    struct json_object *like, const char *a,
				    const char *b)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < length(array); i++) {
		row = json_object_array_get_idx(array, i);
		if (!strcmp(text(row, a), text(like, a)) &&
		    (!b || !strcmp(text(row, b), text(like, b))))
			return row;
	}
	return NULL;
}

/* ---- offline ---- */

static void check_zones(const struct promise *p)
{
	struct json_object *was = member(p->full, "zones"), *row, *w;
	struct json_object *is = member(p->less, "zones");
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		w = same_row(was, row, "node", "zone");
		if (number(row, "offline") > number(w, "offline") ||
		    number(row, "scanned") > number(w, "scanned"))
			broken(p, "value", "zone %s of node %s has more pages",
			       text(row, "zone"), text(row, "node"));
	}
}

static void check_offline(const struct promise *p)
{
	static const char *const sizes[] = {
		"page_size", "section_size", "block_size", NULL
	};
	static const char *const bits[] = { "mask", "value", NULL };

	check_cells(p, "document", p->full, p->less, sizes);
	check_cells(p, "recognition", member(p->full, "recognition"),
		    member(p->less, "recognition"), bits);
	check_parts(p, "owner", "owners", member(p->full, "owners"),
		    member(p->less, "owners"));
	check_zones(p);
}

/* ---- offrange ---- */

/** struct cursor - the rows of an array of ranges, ascending */
struct cursor {
	struct json_object *array, *row;
	size_t at;
	uint64_t start, end;
};

static void step(struct cursor *c)
{
	c->row = c->at < length(c->array) ?
		 json_object_array_get_idx(c->array, c->at++) : NULL;
	c->start = c->row ? (uint64_t)number(c->row, "start_pfn") : UINT64_MAX;
	c->end = c->row ? c->start + (uint64_t)number(c->row, "pages") :
			  UINT64_MAX;
}

static void to(struct cursor *c, uint64_t pfn)
{
	while (c->row && c->end <= pfn)
		step(c);
}

static bool covers(const struct cursor *c, uint64_t pfn)
{
	return c->row && c->start <= pfn;
}

/* where the cursor's answer for @pfn ends */
static uint64_t until(const struct cursor *c, uint64_t pfn)
{
	return covers(c, pfn) ? c->end : c->start;
}

static void check_owner(const struct promise *p, struct json_object *was,
			struct json_object *is, uint64_t pfn)
{
	static const char *const cells[] = {
		"refcount", "flags", "node", "zone", "section", "device",
		"online", NULL
	};
	struct json_object *owner = member(is, "owner");
	char row[40];

	snprintf(row, sizeof(row), "pfn %" PRIx64, pfn);
	if (!says_nothing(owner) && !same_text(member(was, "owner"), owner) &&
	    !is_weaker(text(was, "owner"), text(is, "owner")))
		broken(p, strcmp(text(is, "owner"), "orphan") ? "owner" :
		       "orphan", "%s: owner was %s, is %s", row,
		       text(was, "owner"), text(is, "owner"));
	check_cells(p, row, was, is, cells);
}

/* -> pages that were offline or unknown and are nowhere now */
static uint64_t check_stretch(const struct promise *p, const struct cursor *c,
			      uint64_t pfn, uint64_t pages)
{
	bool was = covers(&c[0], pfn), was_unknown = covers(&c[1], pfn);
	bool is = covers(&c[2], pfn), is_unknown = covers(&c[3], pfn);

	if (is && was)
		check_owner(p, c[0].row, c[2].row, pfn);
	else if (is)
		broken(p, "page", "%" PRIu64 " pages from pfn %" PRIx64
		       " became offline", pages, pfn);
	return (was || was_unknown) && !is && !is_unknown ? pages : 0;
}

static void check_offrange(const struct promise *p)
{
	struct cursor c[4] = {
		{ .array = member(p->full, "ranges") },
		{ .array = member(p->full, "unknown") },
		{ .array = member(p->less, "ranges") },
		{ .array = member(p->less, "unknown") },
	};
	uint64_t pfn = 0, end, gone = 0, unseen;
	int i;

	for (i = 0; i < 4; i++)
		step(&c[i]);
	while (c[0].row || c[1].row || c[2].row || c[3].row) {
		for (end = UINT64_MAX, i = 0; i < 4; i++)
			if (until(&c[i], pfn) < end)
				end = until(&c[i], pfn);
		gone += check_stretch(p, c, pfn, end - pfn);
		pfn = end;
		for (i = 0; i < 4; i++)
			to(&c[i], pfn);
	}
	/* sections that were not found have no pages at all: is that said? */
	unseen = (uint64_t)(number(member(p->full, "totals"), "scanned") -
			    number(member(p->less, "totals"), "scanned"));
	if (gone && (gone > unseen || rank_of(p->less) < 2))
		broken(p, "page", "%" PRIu64 " pages that were offline or unknown are neither, %"
		       PRIu64 " were not looked at", gone, unseen);
}

/* ---- offcheck ---- */

/* pages by one cell of their classes, as an object */
static struct json_object *sum_by(struct json_object *classes, const char *a,
				  const char *b)
{
	struct json_object *sums = json_object_new_object(), *row;
	char key[200];
	size_t i;

	for (i = 0; i < length(classes); i++) {
		row = json_object_array_get_idx(classes, i);
		if (b && !text(row, b)[0])
			continue;
		snprintf(key, sizeof(key), "%s%s%s", text(row, a),
			 b ? " " : "", b ? text(row, b) : "");
		json_object_object_add(sums, key, json_object_new_int64(
			number(sums, key) + number(row, "pages")));
	}
	return sums;
}

static void check_sums(const struct promise *p, const char *code, const char *a,
		       const char *b)
{
	struct json_object *was = sum_by(member(p->full, "classes"), a, b);
	struct json_object *is = sum_by(member(p->less, "classes"), a, b);

	check_parts(p, code, "classes", was, is);
	json_object_put(was);
	json_object_put(is);
}

/* ---- findings of offcheck and offowner ---- */

static bool is_about_pages(struct json_object *finding)
{
	return member(finding, "start_pfn");
}

/* one that names no device may be of any */
static bool is_same_finding(struct json_object *a, struct json_object *b)
{
	return is_about_pages(a) == is_about_pages(b) &&
	       !strcmp(text(a, "code"), text(b, "code")) &&
	       (!strcmp(text(a, "owner"), text(b, "owner")) ||
		!strcmp(text(a, "owner"), "unknown") ||
		!strcmp(text(b, "owner"), "unknown") ||
		is_weaker(text(a, "owner"), text(b, "owner")) ||
		is_weaker(text(b, "owner"), text(a, "owner"))) &&
	       (!text(a, "device")[0] || !text(b, "device")[0] ||
		!strcmp(text(a, "device"), text(b, "device")));
}

static bool has_page(struct json_object *finding, int64_t pfn)
{
	int64_t start = number(finding, "start_pfn");

	return pfn >= start && pfn < start + number(finding, "pages");
}

/* -> the first page of @finding that none of @others is about; -1: each has one */
static int64_t first_alone(struct json_object *finding,
			   struct json_object *others)
{
	int64_t pfn = number(finding, "start_pfn");
	struct json_object *other;
	size_t i = 0;

	while (i < length(others) && has_page(finding, pfn)) {
		other = json_object_array_get_idx(others, i++);
		if (!is_same_finding(finding, other) || !has_page(other, pfn))
			continue;
		pfn = number(other, "start_pfn") + number(other, "pages");
		i = 0;
	}
	return has_page(finding, pfn) ? pfn : -1;
}

static bool is_in(struct json_object *finding, struct json_object *others)
{
	size_t i;

	if (is_about_pages(finding))
		return first_alone(finding, others) < 0;
	for (i = 0; i < length(others); i++)
		if (is_same_finding(finding,
				    json_object_array_get_idx(others, i)))
			return true;
	return false;
}

/* an info has an explanation: under "incomplete" that is what is not known */
static bool is_explained(const struct promise *p, struct json_object *finding)
{
	return rank_of(p->less) == 2 &&
	       !strcmp(text(finding, "severity"), "info");
}

static void check_findings(const struct promise *p)
{
	struct json_object *was = member(p->full, "findings"), *row;
	struct json_object *is = member(p->less, "findings");
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		if (!is_in(row, was) && !is_explained(p, row))
			broken(p, "finding", "%s %s of %s was none: %s",
			       text(row, "severity"), text(row, "code"),
			       text(row, "owner"), text(row, "reason"));
	}
	for (i = 0; i < length(was); i++) {
		row = json_object_array_get_idx(was, i);
		if (rank_of(p->less) < 2 && !is_in(row, is))
			broken(p, "finding", "%s %s of %s is gone, and nobody says so",
			       text(row, "severity"), text(row, "code"),
			       text(row, "owner"));
	}
}

static void check_offcheck(const struct promise *p)
{
	check_findings(p);
	check_sums(p, "owner", "owner", NULL);
	check_sums(p, "owner", "owner", "device");
	check_sums(p, "outcome", "outcome", NULL);
}

/* ---- offblock ---- */

/* a group instead of what made it; a driver instead of its device */
static bool is_rest(const char *device)
{
	static const char *const weak[] = { "virtio_mem", "kmem" };
	size_t i;

	for (i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
		if (!strcmp(device, weak[i]))
			return true;
	return !strncmp(device, "group", 5);
}

static void check_block_device(const struct promise *p, const char *row,
			       struct json_object *was, struct json_object *is)
{
	const char *device = text(is, "device");

	if (!device[0] || !strcmp(device, text(was, "device")))
		return;
	if (!is_rest(device) || rank_of(p->less) < 2)
		broken(p, "device", "%s: device was %s, is %s", row,
		       text(was, "device"), device);
}

static void check_block(const struct promise *p, struct json_object *was,
			struct json_object *is)
{
	static const char *const cells[] = {
		"start_pfn", "pages", "node", "zone", "state", NULL
	};
	const char *name = text(is, "name");

	if (!was) {
		broken(p, "verdict", "%s was not there", name);
		return;
	}
	if (strcmp(text(is, "verdict"), "UNKNOWN") &&
	    strcmp(text(is, "verdict"), text(was, "verdict")))
		broken(p, "verdict", "%s was %s, is %s: %s", name,
		       text(was, "verdict"), text(is, "verdict"),
		       text(is, "reason"));
	if (number(is, "offline") > number(was, "offline"))
		broken(p, "page", "%s has more offline pages", name);
	check_block_device(p, name, was, is);
	check_cells(p, name, was, is, cells);
}

/* ---- offblock -d ---- */

static void check_unplug(const struct promise *p, const char *row,
			 struct json_object *was, struct json_object *is)
{
	const char *w = text(was, "unplug"), *i = text(is, "unplug");

	if (strcmp(i, "unknown") && strcmp(i, w))
		broken(p, "unplug", "%s: was %s, is %s: %s", row,
		       was ? w : "not there", i, text(is, "reason"));
}

static void check_memory_device(const struct promise *p,
				struct json_object *was, struct json_object *is)
{
	char row[80];

	snprintf(row, sizeof(row), "%s %s", text(is, "kind"),
		 text(is, "device"));
	check_unplug(p, row, was, is);
	if (!was)
		return;
	if (number(is, "blocks") > number(was, "blocks") ||
	    number(is, "ranges") > number(was, "ranges") ||
	    number(is, "offline") > number(was, "offline"))
		broken(p, "device", "%s has more than it had", row);
	check_parts(p, "verdict", row, member(was, "verdicts"),
		    member(is, "verdicts"));
}

/* by its name, or, where that became weaker, by the memory that it has */
static struct json_object *same_memory(struct json_object *was,
				       struct json_object *is)
{
	struct json_object *row = same_row(was, is, "device", "kind");

	return row || !is_rest(text(is, "device")) ? row :
	       same_row(was, is, "start", "end");
}

static void check_memory_devices(const struct promise *p)
{
	struct json_object *was = member(p->full, "memory_devices"), *row;
	struct json_object *is = member(p->less, "memory_devices");
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		if (text(row, "device")[0])
			check_memory_device(p, same_memory(was, row), row);
	}
}

/* ---- offblock -w ---- */

/*
 * Not rows that say how many pages have no holder, or are not shown. Free pages
 * of the pool are in nobody's way while it is known that they can be dissolved.
 */
static bool is_holder(struct json_object *row)
{
	return (strcmp(text(row, "kind"), "hugetlb") ||
		strcmp(text(row, "outcome"), "unknown")) &&
	       strcmp(text(row, "name"), "not identified") &&
	       strcmp(text(row, "name"), "resource without a name") &&
	       strcmp(text(row, "kind"), "others");
}

/* a file without its path is its inode's number: less, and that is said by it */
static bool has_no_path(struct json_object *row)
{
	return !strcmp(text(row, "kind"), "file") &&
	       !strncmp(text(row, "name"), "inode ", strlen("inode "));
}

static bool same_holder(struct json_object *a, struct json_object *b)
{
	return !strcmp(text(a, "kind"), text(b, "kind")) &&
	       (!strcmp(text(a, "name"), text(b, "name")) || has_no_path(a) ||
		has_no_path(b));
}

/* pages that the holder of @row had in its block, or may have had unseen */
static int64_t held_before(struct json_object *was, struct json_object *row)
{
	struct json_object *w;
	int64_t pages = 0;
	size_t i;

	for (i = 0; i < length(was); i++) {
		w = json_object_array_get_idx(was, i);
		if (!strcmp(text(w, "block"), text(row, "block")) &&
		    (!strcmp(text(w, "kind"), "others") ||
		     same_holder(w, row)))
			pages += number(w, "pages");
	}
	return pages;
}

/* pages of its block of which a row says why they have no name */
static bool says_why(struct json_object *rows, struct json_object *of)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		if (!strcmp(text(row, "block"), text(of, "block")) &&
		    !strcmp(text(row, "name"), "not identified") &&
		    member(row, "detail"))
			return true;
	}
	return false;
}

/* a name that is gone is told: by the result, or at the pages that had it */
static void check_names(const struct promise *p)
{
	struct json_object *was = member(p->full, "holders"), *row;
	struct json_object *is = member(p->less, "holders");
	size_t i;

	for (i = 0; !rank_of(p->less) && i < length(was); i++) {
		row = json_object_array_get_idx(was, i);
		if (is_holder(row) && held_before(is, row) < number(row, "pages") &&
		    !says_why(is, row))
			broken(p, "silent", "%s: %s %s had %" PRId64
			       " pages, has %" PRId64, text(row, "block"),
			       text(row, "kind"), text(row, "name"),
			       number(row, "pages"), held_before(is, row));
	}
}

static void check_holders(const struct promise *p)
{
	struct json_object *was = member(p->full, "holders"), *row;
	struct json_object *is = member(p->less, "holders");
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		if (is_holder(row) &&
		    number(row, "pages") > held_before(was, row))
			broken(p, "holder", "%s: %s %s had %" PRId64
			       " pages, has %" PRId64, text(row, "block"),
			       text(row, "kind"), text(row, "name"),
			       held_before(was, row), number(row, "pages"));
	}
}

static void check_offblock(const struct promise *p)
{
	struct json_object *was = member(p->full, "blocks");
	struct json_object *is = member(p->less, "blocks"), *row;
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		check_block(p, same_row(was, row, "name", NULL), row);
	}
	for (i = 0; i < length(was); i++) {
		row = json_object_array_get_idx(was, i);
		if (rank_of(p->less) < 2 && !same_row(is, row, "name", NULL))
			broken(p, "verdict", "%s is gone, and nobody says so",
			       text(row, "name"));
	}
	check_memory_devices(p);
	check_holders(p);
	check_names(p);
}

/* ---- offmap ---- */

static void check_cells_of_map(const struct promise *p)
{
	struct json_object *was = member(p->full, "cells"), *row, *w;
	struct json_object *is = member(p->less, "cells");
	const char *means;
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		w = same_row(was, row, "name", "start_pfn");
		means = text(row, "means");
		if (!w)
			broken(p, "map", "%s was not there", text(row, "name"));
		else if (strcasecmp(means, "unknown") &&
			 strcmp(means, text(w, "means")) &&
			 !is_weaker(text(w, "means"), means))
			broken(p, "map", "%s was %s, is %s", text(row, "name"),
			       text(w, "means"), means);
		check_parts(p, "owner", text(row, "name"), member(w, "owners"),
			    member(row, "owners"));
	}
}

static void check_offmap(const struct promise *p)
{
	/* without memory blocks it is a map of sections */
	if (rank_of(p->less) == 2 && !same_text(member(p->full, "unit"),
						member(p->less, "unit")))
		return;
	check_cells_of_map(p);
}

/* ---- offowner ---- */

static void check_section(const struct promise *p, struct json_object *was,
			  struct json_object *is)
{
	static const char *const cells[] = {
		"start_pfn", "pages", "node", "state", NULL
	};
	char row[40];

	snprintf(row, sizeof(row), "section %s", text(is, "nr"));
	if (number(is, "offline") > number(was, "offline"))
		broken(p, "page", "%s has more offline pages", row);
	check_parts(p, "owner", row, member(was, "owners"),
		    member(is, "owners"));
	if (was)
		check_cells(p, row, was, is, cells);
}

/* what could be walked of a list is "listed_at_least", where it was "listed" */
static struct json_object *counter(struct json_object *counters,
				   const char *name, bool *at_least)
{
	const char *end = strstr(name, "_at_least");
	char whole[64];

	*at_least = end && !member(counters, name);
	if (!*at_least)
		return member(counters, name);
	snprintf(whole, sizeof(whole), "%.*s", (int)(end - name), name);
	return member(counters, whole);
}

static void check_device(const struct promise *p, struct json_object *was,
			 struct json_object *is)
{
	static const char *const cells[] = { "expected", NULL };
	bool orphan = !strcmp(text(is, "owner"), "orphan");
	char row[120];

	snprintf(row, sizeof(row), "%s %s", text(is, "owner"),
		 text(is, "device"));
	if (!was && !orphan && number(is, "found") &&
	    strcmp(text(is, "owner"), "balloon"))
		broken(p, "device", "%s was not there, has %" PRId64 " pages",
		       row, number(is, "found"));
	else if ((was || orphan) && number(is, "found") > number(was, "found"))
		broken(p, orphan ? "orphan" : "device",
		       "%s had %" PRId64 " pages, has %" PRId64, row,
		       number(was, "found"), number(is, "found"));
	if (!was)
		return;
	check_cells(p, row, was, is, cells);
	/* counters are copies of the driver's: other values are wrong ones */
	if (json_object_is_type(member(is, "counters"), json_type_object)) {
		json_object_object_foreach(member(is, "counters"), name, value) {
			struct json_object *w;
			bool at_least;

			w = counter(member(was, "counters"), name, &at_least);
			if (at_least ? json_object_get_int64(value) >
				       json_object_get_int64(w) :
				       !same_text(w, value))
				broken(p, "value", "%s: %s was %s, is %s", row,
				       name, w ? json_object_get_string(w) :
				       "not there",
				       json_object_get_string(value));
		}
	}
}

/* that has the same region */
static struct json_object *same_region(struct json_object *was,
				       struct json_object *is)
{
	const char *region = text(member(is, "details"), "region");
	struct json_object *row;
	size_t i;

	for (i = 0; i < length(was) && region[0]; i++) {
		row = json_object_array_get_idx(was, i);
		if (!strcmp(text(member(row, "details"), "region"), region))
			return row;
	}
	return NULL;
}

/* a device whose name is lost is the same device */
static struct json_object *same_device(struct json_object *was,
				       struct json_object *is)
{
	struct json_object *row = same_row(was, is, "owner", "device");

	if (!row && !text(is, "device")[0])
		row = same_region(was, is);
	return row || text(is, "device")[0] ? row :
	       same_row(was, is, "owner", NULL);
}

static void check_offowner(const struct promise *p)
{
	struct json_object *was = member(p->full, "sections"), *row;
	struct json_object *is = member(p->less, "sections");
	size_t i;

	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		check_section(p, same_row(was, row, "nr", NULL), row);
	}
	was = member(p->full, "devices");
	is = member(p->less, "devices");
	for (i = 0; i < length(is); i++) {
		row = json_object_array_get_idx(is, i);
		if (strcmp(text(row, "owner"), "unknown"))
			check_device(p, same_device(was, row), row);
	}
	check_findings(p);
}

/* ---- all ---- */

static const struct {
	const char *command;
	void (*check)(const struct promise *p);
} checks[] = {
	{ "offline", check_offline }, { "offrange", check_offrange },
	{ "offcheck", check_offcheck }, { "offblock", check_offblock },
	{ "offowner", check_offowner }, { "offmap", check_offmap },
};

void promise_check(const struct promise *p)
{
	const char *message = text(member(p->less, "status"), "message");
	size_t i;

	if (rank_of(p->less) < 0 || !message[0] || strchr(message, '\n')) {
		broken(p, "document", "no document with a status of one line");
		return;
	}
	check_status(p);
	if (rank_of(p->less) == 3)
		return;
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!strcmp(checks[i].command, text(p->full, "command")))
			checks[i].check(p);
}
