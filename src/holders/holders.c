// SPDX-License-Identifier: GPL-2.0-or-later
/* holders.c - ask the kinds of holders, remember what they said, add up */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/holders.h"

#define MAX_NAMES	65536	/* of one block: as many pages have no name then */
#define KEEP_NAMES	16384	/* for the next block */
#define PINNED_NAMES	65536	/* 20 MiB */
#define BUCKETS		16384
#define MAX_UNNAMED	64	/* kinds of pages, and what broke off */

const struct ofl_holder_ops *const ofl_holder_table[] = {
#define HOLDER(name) &ofl_holder_##name,
#include "holders/holder.def"
#undef HOLDER
};
#define NR_KINDS	(sizeof(ofl_holder_table) / sizeof(ofl_holder_table[0]))
const unsigned int ofl_nr_holder_kinds = NR_KINDS;

/** struct named - a holder; two keys may lead to it: two files of one name */
struct named {
	struct ofl_holder holder;
	unsigned int row;
	struct named *next;		/* in its bucket */
	size_t share;			/* of what is being added up, 1 above, */
	uint64_t sum_nr;		/* if that is this sum */
};

/** struct known - what a key of a kind of holder was found to be */
struct known {
	uint64_t key;
	unsigned int row;
	uint32_t next;			/* in its bucket, 1 above; 0: none */
	struct named *named;		/* NULL: its walk broke off, at */
	uint64_t bad_kva;
	const char *bad_what;
	const char *why;		/* or there is another reason */
};

/** struct ofl_holders - all of it */
struct ofl_holders {
	struct ofl_holder_env e;
	void *state[NR_KINDS];
	bool opened[NR_KINDS], usable[NR_KINDS];
	struct ofl_pagereader reader;

	struct known *known;		/* owned */
	size_t nr_known, max_known;
	uint32_t bucket[BUCKETS];	/* of keys, 1 above */
	struct named *names[BUCKETS];	/* by name; owned */
	size_t nr_names;
	bool pinned;

	struct ofl_share *share;	/* owned */
	size_t nr_shares, max_shares;
	uint64_t sum_nr;
	size_t unnamed[MAX_UNNAMED];	/* shares of no holder */
	unsigned int nr_unnamed;

	/* the compound page in work: its tails are its own */
	uint64_t head_kva;
	size_t last_share;	/* of the page that was added last; SIZE_MAX: lost */
	bool lost;
	struct ofl_holders_total total;
};

struct ofl_holders *ofl_holders_open(const struct ofl_env *env, uint64_t lo_pfn,
				 uint64_t hi_pfn)
{
	struct ofl_holders *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	ofl_walk_init(&n->e.walk, env->t, env->l, env->n);
	n->e.env = env;
	n->e.areas.lo_pfn = lo_pfn;
	n->e.areas.hi_pfn = hi_pfn;
	n->reader.t = &n->e.walk.t;
	n->reader.l = env->l;
	return n;
}

static void forget_keys(struct ofl_holders *n)
{
	memset(n->bucket, 0, sizeof(n->bucket));
	n->nr_known = 0;
}

static void forget(struct ofl_holders *n)
{
	struct named *named, *next;
	size_t i;

	forget_keys(n);
	for (i = 0; i < BUCKETS; i++)
		for (named = n->names[i]; named; named = next) {
			next = named->next;
			free(named);
		}
	memset(n->names, 0, sizeof(n->names));
	n->nr_names = 0;
	n->pinned = false;
}

void ofl_holders_close(struct ofl_holders *n)
{
	size_t i;

	if (!n)
		return;
	for (i = 0; i < NR_KINDS; i++)
		if (n->usable[i] && ofl_holder_table[i]->close)
			ofl_holder_table[i]->close(n->state[i]);
	ofl_tasks_free(&n->e.tasks);
	ofl_areas_free(&n->e.areas);
	forget(n);
	free(n->known);
	free(n->share);
	free(n);
}

/* room for one more; false: there is none */
static bool grow(void **array, size_t nr, size_t *max, size_t most, size_t bytes)
{
	size_t want = *max ? *max * 2 : 64;
	void *more;

	if (nr < *max)
		return true;
	if (want > most)
		return false;
	more = realloc(*array, want * bytes);
	if (!more)
		return false;
	*array = more;
	*max = want;
	return true;
}

static bool usable(struct ofl_holders *n, unsigned int row)
{
	const struct ofl_holder_ops *ops = ofl_holder_table[row];

	if (!n->opened[row])
		n->usable[row] = !ops->open || ops->open(&n->e, &n->state[row]);
	if (!n->opened[row] && !n->usable[row])
		n->lost = true;
	n->opened[row] = true;
	return n->usable[row];
}

static uint32_t hash(uint64_t key, unsigned int row)
{
	return (uint32_t)((key + row) * 0x9e3779b97f4a7c15ull >> 40) % BUCKETS;
}

static const struct known *look_up(const struct ofl_holders *n, uint64_t key,
				   unsigned int row)
{
	uint32_t i = n->bucket[hash(key, row)];

	while (i && (n->known[i - 1].key != key || n->known[i - 1].row != row))
		i = n->known[i - 1].next;
	return i ? &n->known[i - 1] : NULL;
}

static uint32_t hash_text(const char *text, uint32_t so_far)
{
	while (*text)
		so_far = so_far * 31 + (unsigned char)*text++;
	return so_far;
}

/* the same name from another key is the same holder: two stacks, two files */
static struct named *intern(struct ofl_holders *n, const struct ofl_holder *h,
			    unsigned int row)
{
	struct named **bucket = &n->names[hash_text(h->detail,
			hash_text(h->name, row)) % BUCKETS];
	struct named *named;

	for (named = *bucket; named; named = named->next)
		if (named->row == row &&
		    !strcmp(named->holder.name, h->name) &&
		    !strcmp(named->holder.detail, h->detail))
			return named;
	named = calloc(1, sizeof(*named));
	if (!named)
		return NULL;
	named->holder = *h;
	named->row = row;
	named->next = *bucket;
	*bucket = named;
	n->nr_names++;
	return named;
}

static void begin_walk(struct ofl_walk *w)
{
	w->bad_what = NULL;
	w->why = NULL;
}

static bool name_of(struct ofl_holders *n, const struct ofl_held *p,
		    uint64_t key, unsigned int row, struct ofl_holder *ret)
{
	const struct ofl_holder_ops *ops = ofl_holder_table[row];

	if (ops->name)
		return ops->name(&n->e, n->state[row], p, key, ret);
	snprintf(ret->name, sizeof(ret->name), "%s", ops->fixed.name);
	snprintf(ret->detail, sizeof(ret->detail), "%s", ops->fixed.detail);
	return true;
}

static const struct known *learn(struct ofl_holders *n, const struct ofl_held *p,
				 uint64_t key, unsigned int row)
{
	struct known k = { .key = key, .row = row };
	struct ofl_holder h = { .name = "" };
	uint32_t *bucket = &n->bucket[hash(key, row)];

	begin_walk(&n->e.walk);
	if (name_of(n, p, key, row, &h)) {
		k.named = intern(n, &h, row);
		n->lost |= !k.named;
	} else {
		k.bad_kva = n->e.walk.bad_kva;
		k.bad_what = n->e.walk.bad_what;
		k.why = n->e.walk.why;
	}
	if (!grow((void **)&n->known, n->nr_known, &n->max_known, MAX_NAMES,
		  sizeof(k))) {
		n->lost = true;
		return NULL;
	}
	k.next = *bucket;
	n->known[n->nr_known++] = k;
	*bucket = (uint32_t)n->nr_known;
	return &n->known[n->nr_known - 1];
}

/* ---- adding up ---- */

static size_t new_share(struct ofl_holders *n, const struct ofl_share *s)
{
	if (!grow((void **)&n->share, n->nr_shares, &n->max_shares,
		  MAX_NAMES * 2, sizeof(*n->share))) {
		n->lost = true;
		return SIZE_MAX;
	}
	n->share[n->nr_shares] = *s;
	return n->nr_shares++;
}

static size_t unnamed_share(struct ofl_holders *n, const struct ofl_share *s)
{
	const struct ofl_share *old;
	unsigned int i;
	size_t made;

	for (i = 0; i < n->nr_unnamed; i++) {
		old = &n->share[n->unnamed[i]];
		if (old->kind == s->kind && old->outcome == s->outcome &&
		    old->bad_what == s->bad_what && old->why == s->why)
			return n->unnamed[i];
	}
	made = new_share(n, s);
	if (made != SIZE_MAX && n->nr_unnamed < MAX_UNNAMED)
		n->unnamed[n->nr_unnamed++] = made;
	return made;
}

static size_t named_share(struct ofl_holders *n, const struct ofl_share *s,
			  struct named *named)
{
	size_t i;

	/* it has none yet in this sum: nothing to look for */
	if (named->sum_nr != n->sum_nr)
		named->share = 0;
	named->sum_nr = n->sum_nr;
	if (named->share && named->share <= n->nr_shares &&
	    n->share[named->share - 1].holder == s->holder &&
	    n->share[named->share - 1].outcome == s->outcome)
		return named->share - 1;
	/* a holder whose pages come to different outcomes: seldom */
	for (i = 0; named->share && i < n->nr_shares; i++)
		if (n->share[i].holder == s->holder &&
		    n->share[i].outcome == s->outcome)
			return i;
	i = new_share(n, s);
	named->share = i == SIZE_MAX ? 0 : i + 1;
	return i;
}

static void count(struct ofl_holders *n, size_t i, uint64_t pages)
{
	struct ofl_holders_total *total = &n->total;

	total->pages += pages;
	if (i == SIZE_MAX)
		return;
	n->share[i].pages += pages;
	if (n->share[i].holder) {
		total->identified += pages;
	} else if (n->share[i].bad_what) {
		if (!total->broken) {
			total->bad_kva = n->share[i].bad_kva;
			total->bad_what = n->share[i].bad_what;
		}
		total->broken += pages;
	}
}

/* the first reason stays: it is that of the cheapest witness */
static void note_reason(struct ofl_share *s, uint64_t bad_kva,
			const char *bad_what, const char *why)
{
	if (bad_what && !s->bad_what) {
		s->bad_kva = bad_kva;
		s->bad_what = bad_what;
	}
	if (!s->why)
		s->why = why;
}

static struct named *ask(struct ofl_holders *n, const struct ofl_held *p,
			 struct ofl_share *s)
{
	struct ofl_walk *w = &n->e.walk;
	const struct known *k;
	unsigned int row;
	uint64_t key = 0;

	for (row = 0; row < NR_KINDS; row++) {
		const struct ofl_holder_ops *ops = ofl_holder_table[row];

		if (!usable(n, row))
			continue;
		begin_walk(w);
		if (!ops->find(&n->e, n->state[row], p, &key)) {
			note_reason(s, w->bad_kva, w->bad_what, w->why);
			continue;
		}
		k = look_up(n, key, row);
		if (!k)
			k = learn(n, p, key, row);
		if (k && k->named) {
			s->ops = ops;
			s->holder = &k->named->holder;
			s->objects = ops->objects ? ops->objects(&n->e, p) : 0;
			s->bad_kva = 0;
			s->bad_what = s->why = NULL;
			return k->named;
		}
		if (k)
			note_reason(s, k->bad_kva, k->bad_what, k->why);
	}
	return NULL;
}

/* the struct page of the head of a tail; false: it has none that is one */
static bool find_head(struct ofl_holders *n, const struct ofl_classified *c,
		      const unsigned char *raw, struct ofl_held *p)
{
	const struct ofl_page_format *f = &n->e.walk.format;
	uint64_t head = ofl_page_head_kva(f, c->page_kva, raw), pfn;
	const unsigned char *got;

	if (head >= c->page_kva || !ofl_walk_pfn(&n->e.walk, head, &pfn) ||
	    c->pfn - pfn >= 1ull << OFL_MAX_PAGE_ORDER)
		return false;
	got = ofl_pagereader_get(&n->reader, head);
	if (!got || !(ofl_page_flags(f, got) & f->head))
		return false;
	p->page_kva = head;
	p->pfn = pfn;
	p->raw = got;
	return true;
}

/* who has it, or its head; NULL: nobody that is known */
static struct named *identify(struct ofl_holders *n,
			      const struct ofl_classified *c,
			      const unsigned char *raw, struct ofl_share *s,
			      uint64_t *head_kva)
{
	const struct ofl_page_format *f = &n->e.walk.format;
	struct ofl_held p = { c->pfn, c->page_kva, raw, 0, c->kind };

	*s = (struct ofl_share){ .kind = c->kind, .outcome = c->outcome,
				 .first_pfn = c->pfn };
	*head_kva = 0;
	if (ofl_page_is_tail(f, raw) && !find_head(n, c, raw, &p))
		return NULL;
	*head_kva = p.page_kva;
	p.type = ofl_page_type(f, p.raw);
	return ask(n, &p, s);
}

bool ofl_holders_add(struct ofl_holders *n, const struct ofl_classified *c,
		     const unsigned char *raw)
{
	const struct ofl_page_format *f = &n->e.walk.format;
	bool tail = ofl_page_is_tail(f, raw);
	struct named *named;
	struct ofl_share s;
	size_t i;

	if (n->head_kva && n->last_share != SIZE_MAX && tail &&
	    ofl_page_head_kva(f, c->page_kva, raw) == n->head_kva) {
		count(n, n->last_share, 1);
		return true;
	}
	named = identify(n, c, raw, &s, &n->head_kva);
	i = named ? named_share(n, &s, named) : unnamed_share(n, &s);
	if (i != SIZE_MAX)
		n->share[i].objects += n->share[i].pages ? s.objects : 0;
	n->last_share = i;
	count(n, i, 1);
	return tail || (named && s.ops->by_mapping);
}

void ofl_holders_more(struct ofl_holders *n, uint64_t pages)
{
	count(n, n->last_share, pages);
}

void ofl_holders_page(struct ofl_holders *n, const struct ofl_classified *c,
		      const unsigned char *raw, struct ofl_share *ret)
{
	uint64_t head_kva;

	identify(n, c, raw, ret, &head_kva);
}

/* ---- what it comes to ---- */

static int worst_first(const void *a, const void *b)
{
	const struct ofl_share *x = a, *y = b;
	unsigned int rx = ofl_outcome_rows[x->outcome].rank;
	unsigned int ry = ofl_outcome_rows[y->outcome].rank;

	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return x->first_pfn < y->first_pfn ? -1 : x->first_pfn > y->first_pfn;
}

static bool are_alike(const struct ofl_share *a, const struct ofl_share *b)
{
	return a->outcome == b->outcome && a->holder == b->holder &&
	       (a->holder || (a->kind == b->kind &&
			      a->bad_what == b->bad_what && a->why == b->why));
}

static void join(struct ofl_share *to, const struct ofl_share *from)
{
	to->pages += from->pages;
	to->objects += from->objects;
	if (from->first_pfn < to->first_pfn)
		to->first_pfn = from->first_pfn;
}

void ofl_holders_become(struct ofl_holders *n, enum ofl_kind from,
			enum ofl_kind to, enum ofl_outcome outcome)
{
	struct ofl_share s;
	size_t i, k, kept = 0;

	for (i = 0; i < n->nr_shares && n->share[i].kind != from; i++)
		;
	if (i == n->nr_shares)
		return;
	for (i = 0; i < n->nr_shares; i++) {
		s = n->share[i];
		if (s.kind == from) {
			s.kind = to;
			s.outcome = outcome;
		}
		for (k = 0; k < kept && !are_alike(&n->share[k], &s); k++)
			;
		if (k < kept)
			join(&n->share[k], &s);
		else
			n->share[kept++] = s;
	}
	n->nr_shares = kept;
}

const struct ofl_share *ofl_holders_shares(struct ofl_holders *n, size_t *nr)
{
	if (n->nr_shares)
		qsort(n->share, n->nr_shares, sizeof(*n->share), worst_first);
	n->head_kva = 0;	/* shares have changed places */
	*nr = n->nr_shares;
	return n->share;
}

void ofl_holders_clear(struct ofl_holders *n)
{
	n->nr_shares = 0;
	n->nr_unnamed = 0;
	n->head_kva = 0;
	n->sum_nr++;
	if (n->nr_known > KEEP_NAMES)
		forget_keys(n);
	if (n->nr_names > (n->pinned ? PINNED_NAMES : KEEP_NAMES))
		forget(n);
}

void ofl_holders_pin(struct ofl_holders *n)
{
	n->pinned = true;
}

bool ofl_holders_pinned(const struct ofl_holders *n)
{
	return n->pinned;
}

bool ofl_holders_lost(const struct ofl_holders *n)
{
	return n->lost || n->e.walk.lost;
}

struct ofl_holders_total ofl_holders_total(const struct ofl_holders *n)
{
	return n->total;
}
