// SPDX-License-Identifier: GPL-2.0-or-later
/* walk.c - follow pointers, and notice where they lead nowhere */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/walk.h"
#include "kernel/module.h"
#include "target/text.h"

#define MAX_ENTRIES	(1u << 22)	/* PID_MAX_LIMIT: no list here is longer */
#define MAX_SET		(1u << 20)
#define CHUNK		64		/* bytes of a string in one read */

const char ofl_walk_no_types[] = "types of its holder are not known here";

void ofl_walk_init(struct ofl_walk *w, const struct ofl_target *t,
		   const struct ofl_layout *l, const struct ofl_nodes *n)
{
	memset(w, 0, sizeof(*w));
	w->t = *t;
	w->t.missed = NULL;
	w->l = l;
	ofl_page_format_init(&w->format, l, n);
}

bool ofl_walk_broke(struct ofl_walk *w, uint64_t kva, const char *what)
{
	w->bad_kva = kva;
	w->bad_what = what;
	return false;
}

bool ofl_walk_untold(struct ofl_walk *w, const char *why)
{
	w->why = why;
	return false;
}

void ofl_break_keep(struct ofl_break *b, struct ofl_walk *w)
{
	if (!b->what && w->bad_what)
		*b = (struct ofl_break){ w->bad_kva, w->bad_what };
	w->bad_what = NULL;
}

bool ofl_break_tell(const struct ofl_break *b, struct ofl_walk *w)
{
	return b->what && ofl_walk_broke(w, b->kva, b->what);
}

bool ofl_walk_lost(struct ofl_walk *w)
{
	w->lost = true;
	return false;
}

bool ofl_walk_knows(const struct ofl_walk *w, const enum ofl_fact_id *facts,
		    size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!ofl_fact_known(w->l, facts[i]))
			return false;
	return true;
}

bool ofl_walk_pointer_any(struct ofl_walk *w, uint64_t kva,
			  enum ofl_fact_id member, uint64_t *ret)
{
	uint64_t at = ofl_walk_at(w, kva, member), v;

	if (!ofl_fact_known(w->l, member) || !ofl_read_u64(&w->t, at, &v))
		return ofl_walk_broke(w, at, "cannot be read");
	if (!ofl_is_kernel_address(w->l, v))
		return ofl_walk_broke(w, at, "holds no pointer of a kernel");
	*ret = v;
	return true;
}

bool ofl_walk_pointer(struct ofl_walk *w, uint64_t kva, enum ofl_fact_id member,
		      uint64_t *ret)
{
	return ofl_walk_pointer_any(w, kva, member, ret) &&
	       (!(*ret & 7) ||
		ofl_walk_broke(w, ofl_walk_at(w, kva, member),
			       "holds a pointer that is not aligned"));
}

bool ofl_walk_number(struct ofl_walk *w, uint64_t kva, enum ofl_fact_id member,
		     unsigned int bytes, uint64_t *ret)
{
	uint64_t at = ofl_walk_at(w, kva, member);

	return (ofl_fact_known(w->l, member) &&
		ofl_read_uint(&w->t, at, bytes, ret)) ||
	       ofl_walk_broke(w, at, "cannot be read");
}

bool ofl_walk_text(struct ofl_walk *w, uint64_t kva, char *buf, size_t bytes)
{
	char raw[OFL_WALK_TEXT_MAX + 1] = "";
	struct ofl_text text = ofl_text_over(buf, bytes);
	size_t used = 0, n;

	/* in pieces that end with a page: the next one may not be there */
	while (used < OFL_WALK_TEXT_MAX && !memchr(raw, '\0', used)) {
		n = CHUNK - (kva + used) % CHUNK;
		if (n > OFL_WALK_TEXT_MAX - used)
			n = OFL_WALK_TEXT_MAX - used;
		if (ofl_read(&w->t, kva + used, raw + used, n) != OFL_READ_OK)
			return ofl_walk_broke(w, kva + used, "cannot be read");
		used += n;
	}
	ofl_text_escaped(&text, raw);
	return raw[0] || ofl_walk_broke(w, kva, "holds no name");
}

bool ofl_walk_list(struct ofl_walk *w, uint64_t head_kva,
		   bool (*visit)(struct ofl_walk *w, uint64_t node_kva,
				 void *arg), void *arg)
{
	uint64_t at[2], before = head_kva, node, turtle = head_kva;
	unsigned int i, power = 1;

	if (!ofl_read_u64(&w->t, head_kva, &node))
		return ofl_walk_broke(w, head_kva, "cannot be read");
	for (i = 0; node != head_kva; i++) {
		if (ofl_interrupted(&w->t))
			return false;
		if (!ofl_is_kernel_pointer(w, node) || i == MAX_ENTRIES)
			return ofl_walk_broke(w, before, "is where a list ends without an end");
		if (ofl_read(&w->t, node, at, sizeof(at)) != OFL_READ_OK)
			return ofl_walk_broke(w, node, "cannot be read");
		if (at[1] != before || node == turtle)
			return ofl_walk_broke(w, node, "does not point back in its list");
		if (visit(w, node, arg))
			return true;
		if (i == power) {	/* Brent's way to see a circle */
			turtle = node;
			power *= 2;
		}
		before = node;
		node = at[0];
	}
	return true;
}

bool ofl_walk_function(struct ofl_walk *w, uint64_t kva, char *buf, size_t bytes)
{
	struct ofl_function *f = w->function;
	struct ofl_function *end = f + w->nr_functions;

	if (ofl_symbol_in(&w->t, kva, buf, bytes))
		return true;
	while (f < end && f->kva != kva)
		f++;
	if (f == &w->function[OFL_WALK_FUNCTIONS])
		return false;
	if (f == end) {
		w->nr_functions++;
		f->kva = kva;
		if (!ofl_modules_symbol_in(&w->t, w->l, kva, f->name,
					   sizeof(f->name)))
			f->name[0] = '\0';
	}
	snprintf(buf, bytes, "%s", f->name);
	return f->name[0];
}

bool ofl_walk_pfn(const struct ofl_walk *w, uint64_t page_kva, uint64_t *ret)
{
	return ofl_page_pfn_of(w->l, page_kva, ret);
}

/* ---- sets ---- */

bool ofl_kva_set_add(struct ofl_kva_set *s, struct ofl_walk *w, uint64_t kva)
{
	size_t max = s->max ? s->max * 2 : 64;
	uint64_t *more;

	if (s->nr == s->max) {
		more = max > MAX_SET ? NULL :
		       realloc(s->kva, max * sizeof(*more));
		if (!more)
			return ofl_walk_lost(w);
		s->kva = more;
		s->max = max;
	}
	s->kva[s->nr++] = kva;
	return true;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void ofl_kva_set_sort(struct ofl_kva_set *s)
{
	if (s->nr)
		qsort(s->kva, s->nr, sizeof(*s->kva), ascending);
}

bool ofl_kva_set_has(const struct ofl_kva_set *s, uint64_t kva)
{
	return s->nr && bsearch(&kva, s->kva, s->nr, sizeof(kva), ascending);
}

void ofl_kva_set_free(struct ofl_kva_set *s)
{
	free(s->kva);
	memset(s, 0, sizeof(*s));
}
