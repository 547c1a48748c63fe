// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * process.c - a process that may map an anonymous page
 *
 * page.mapping less its low bits is an anon_vma, a tree of anon_vma_chain. Each
 * of them points back to it, and to a vm_area_struct; its mm_struct is that of
 * a process in the list of tasks.
 */
#include <inttypes.h>
#include <stdio.h>

#include "holders/holder.h"
#include "holders/may.h"
#include "target/count.h"

#define MAX_DEPTH	64	/* of a red-black tree: 2^32 entries */
#define MAX_CHAINS	64	/* looked at: "one of at least" */

static bool is_anonymous(const struct ofl_walk *w, const struct ofl_held *p)
{
	return ofl_kind_may(p->kind, OFL_MAY_ANON) &&
	       (ofl_page_mapping(&w->format, p->raw) & OFL_MAPPING_ANON);
}

/* a compound page: @tail is its first tail */
static bool is_large_mapped(struct ofl_walk *w, const struct ofl_held *p,
			    const unsigned char *tail)
{
	const struct ofl_page_format *f = &w->format;
	struct ofl_pagereader reader = { .t = &w->t, .l = w->l };
	unsigned int order = ofl_page_compound_order(f, tail);
	uint64_t bytes = w->l->struct_page_bytes, i;
	const unsigned char *page;
	int64_t mapped;

	if (ofl_page_large_mapcount(f, tail, &mapped))
		return mapped > 0;
	if (ofl_page_entire_mapcount(f, tail, &mapped) && mapped > 0)
		return true;
	/* else its pages are mapped one by one */
	for (i = 0; order <= OFL_MAX_PAGE_ORDER && i < 1ull << order; i++) {
		page = ofl_pagereader_get(&reader, p->page_kva + i * bytes);
		if (page && ofl_page_mapcount(ofl_page_type(f, page)))
			return true;
	}
	return false;
}

/*
 * folio_get_anon_vma(), page_get_anon_vma() before: page.mapping is not to be
 * trusted once the page is not mapped. A pipe or a pin may keep it after its
 * process has exited; its anon_vma is somebody else's then.
 */
static bool is_mapped(struct ofl_walk *w, const struct ofl_held *p)
{
	const struct ofl_page_format *f = &w->format;
	unsigned char tail[OFL_MAX_STRUCT_PAGE];
	uint64_t bytes = w->l->struct_page_bytes;

	if (!(ofl_page_flags(f, p->raw) & f->head))
		return ofl_page_mapcount(p->type);
	return ofl_read(&w->t, p->page_kva + bytes, tail, bytes) == OFL_READ_OK &&
	       ofl_page_is_tail(f, tail) && is_large_mapped(w, p, tail);
}

static const enum ofl_fact_id needed[] = {
	OFL_F_AV_ROOT, OFL_F_RB_CACHED, OFL_F_RB_LEFT, OFL_F_RB_RIGHT,
	OFL_F_RB_PARENT,
	OFL_F_AVC_RB, OFL_F_AVC_VMA, OFL_F_AVC_AV, OFL_F_VMA_MM,
};

static bool process_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	*key = ofl_page_mapping(&e->walk.format, p->raw);
	if (!is_anonymous(&e->walk, p))
		return false;
	if (!ofl_walk_knows(&e->walk, needed, OFL_COUNT(needed)))
		return ofl_walk_untold(&e->walk, ofl_walk_no_types);
	return (*key & OFL_MAPPING_BITS) == OFL_MAPPING_KSM ||
	       is_mapped(&e->walk, p) ||
	       ofl_walk_untold(&e->walk, "not mapped any more: its process is not known");
}

/** struct found - processes of one anon_vma */
struct found {
	uint64_t av_kva;
	const struct ofl_task *task;	/* the first */
	uint64_t mm[MAX_CHAINS];	/* different ones */
	unsigned int nr, chains;
	bool more;		/* some of a process that is not known */
};

static void note_mm(struct found *f, uint64_t mm_kva)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->mm[i] == mm_kva)
			return;
	f->mm[f->nr++] = mm_kva;
}

/* one entry: anon_vma_chain.rb is at @rb_kva */
static bool look_at(struct ofl_holder_env *e, uint64_t rb_kva, struct found *f)
{
	struct ofl_walk *w = &e->walk;
	uint64_t avc = rb_kva - (uint64_t)w->l->fact[OFL_F_AVC_RB].value;
	uint64_t av, vma, mm;
	const struct ofl_task *task;

	if (!ofl_walk_pointer(w, avc, OFL_F_AVC_AV, &av))
		return false;
	if (av != f->av_kva)
		return ofl_walk_broke(w, ofl_walk_at(w, avc, OFL_F_AVC_AV),
				      "does not point back to its anon_vma");
	if (!ofl_walk_pointer(w, avc, OFL_F_AVC_VMA, &vma) ||
	    !ofl_walk_pointer(w, vma, OFL_F_VMA_MM, &mm))
		return false;
	task = ofl_tasks_of_mm(&e->tasks, mm);
	if (task)
		note_mm(f, mm);
	else if (!e->tasks.whole)
		f->more = true;
	if (task && !f->task)
		f->task = task;
	f->chains++;
	return true;
}

/* a child of a red-black tree has its parent's address, less two bits */
static bool is_child(struct ofl_walk *w, uint64_t kva, uint64_t parent_kva)
{
	uint64_t parent;

	return ofl_is_kernel_pointer(w, kva) &&
	       ofl_read_u64(&w->t, ofl_walk_at(w, kva, OFL_F_RB_PARENT),
			    &parent) && (parent & ~3ull) == parent_kva;
}

/* depth first, as far as a tree of such a kind can go */
static bool look_through(struct ofl_holder_env *e, uint64_t root, struct found *f)
{
	static const enum ofl_fact_id side[] = { OFL_F_RB_LEFT, OFL_F_RB_RIGHT };
	uint64_t stack[MAX_DEPTH], node, next[2];
	unsigned int used = 0, i;

	if (!ofl_walk_number(&e->walk, root, OFL_F_RB_PARENT, 8, &next[0]))
		return false;
	if (next[0] & ~3ull)	/* two bits are its colour */
		return ofl_walk_broke(&e->walk, root, "is the root of a tree, and has a parent");
	stack[used++] = root;
	while (used && f->chains < MAX_CHAINS) {
		node = stack[--used];
		if (!look_at(e, node, f))
			return false;
		for (i = 0; i < 2; i++) {
			if (!ofl_walk_number(&e->walk, node, side[i], 8,
					     &next[i]))
				return false;
			if (next[i] && (used == MAX_DEPTH ||
					(i && next[i] == next[0]) ||
					!is_child(&e->walk, next[i], node)))
				return ofl_walk_broke(&e->walk, node,
					"has a child that does not point back");
			if (next[i])
				stack[used++] = next[i];
		}
	}
	return true;
}

/* a sound anon_vma, and yet of no task */
static bool no_task(struct ofl_holder_env *e)
{
	const struct ofl_tasks *ts = &e->tasks;

	if (ts->broken.what)
		return ofl_break_tell(&ts->broken, &e->walk);
	return ofl_walk_untold(&e->walk, ts->whole ?
		"of no process in the list of tasks: it has exited, or is in exec" :
		"not every process was looked at");
}

static bool process_name(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t key,
			 struct ofl_holder *ret)
{
	struct ofl_walk *w = &e->walk;
	struct found f = { .av_kva = key & ~OFL_MAPPING_BITS };
	uint64_t root;

	(void)state;
	(void)p;
	if ((key & OFL_MAPPING_BITS) == OFL_MAPPING_KSM) {
		snprintf(ret->name, sizeof(ret->name), "KSM");
		snprintf(ret->detail, sizeof(ret->detail), "same page merging");
		return true;
	}
	ofl_tasks_load(&e->tasks, w);
	if (!ofl_is_kernel_pointer(w, f.av_kva))
		return ofl_walk_broke(w, ofl_walk_at(w, p->page_kva,
					OFL_F_PAGE_MAPPING),
				      "holds no pointer of a kernel");
	root = ofl_walk_at(w, f.av_kva, OFL_F_AV_ROOT) +
	       (uint64_t)w->l->fact[OFL_F_RB_CACHED].value;
	if (!ofl_read_u64(&w->t, root, &root) || !ofl_is_kernel_pointer(w, root))
		return ofl_walk_broke(w, f.av_kva, "is no anon_vma with a tree");
	if (!look_through(e, root, &f))
		return false;
	if (!f.task)
		return no_task(e);
	f.more |= f.chains == MAX_CHAINS;
	snprintf(ret->name, sizeof(ret->name), "%s", f.task->comm);
	if (f.nr > 1 || f.more)
		snprintf(ret->detail, sizeof(ret->detail),
			 "pid %" PRIu32 ", one of %s%u that may map it",
			 f.task->pid, f.more ? "at least " : "",
			 f.nr);
	else
		snprintf(ret->detail, sizeof(ret->detail), "pid %" PRIu32,
			 f.task->pid);
	return true;
}

const struct ofl_holder_ops ofl_holder_process = {
	.kind = "process",
	.evidence = "page.mapping: anon_vma, vm_area_struct, mm_struct of a task",
	.what = "command and pid of a process that may map anonymous memory",
	.find = process_find, .name = process_name, .by_mapping = true,
};
