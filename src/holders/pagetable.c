// SPDX-License-Identifier: GPL-2.0-or-later
/* pagetable.c - page tables: PGTY_table, and whose the top one is */
#include <inttypes.h>
#include <stdio.h>

#include "holders/cgroup.h"
#include "holders/holder.h"
#include "holders/overlay.h"

#define DIRECT_MAP_PFNS	(1u << 18)	/* it begins at a multiple of 1 GiB */

/* x86: pgd_set_mm(); the mm's own pgd has to be this very page */
static const struct ofl_task *task_of_pgd(struct ofl_holder_env *e,
					  const struct ofl_held *p, uint64_t mm)
{
	struct ofl_walk *w = &e->walk;
	const struct ofl_task *task;
	uint64_t pgd;

	if (!ofl_is_kernel_pointer(w, mm))
		return NULL;
	ofl_tasks_load(&e->tasks, w);
	task = ofl_tasks_of_mm(&e->tasks, mm);
	if (!task || !ofl_walk_pointer(w, mm, OFL_F_MM_PGD, &pgd) ||
	    (pgd / w->l->page_bytes - p->pfn) % DIRECT_MAP_PFNS)
		return NULL;
	return task;
}

static bool pagetable_find(struct ofl_holder_env *e, void *state,
			   const struct ofl_held *p, uint64_t *key)
{
	struct ofl_walk *w = &e->walk;

	(void)state;
	if (p->kind == OFL_KIND_KERNEL || !ofl_page_is_table(&w->format, p->type))
		return false;
	*key = ofl_overlay_table_mm(&w->format, p->raw);
	if (!task_of_pgd(e, p, *key))
		*key = ofl_cgroup_charge(w, p->raw);
	w->bad_what = NULL;
	return true;
}

static bool pagetable_name(struct ofl_holder_env *e, void *state,
			   const struct ofl_held *p, uint64_t key,
			   struct ofl_holder *ret)
{
	const struct ofl_task *task = task_of_pgd(e, p, key);
	char path[96];

	(void)state;
	if (task) {
		snprintf(ret->name, sizeof(ret->name), "%s", task->comm);
		snprintf(ret->detail, sizeof(ret->detail), "pid %" PRIu32,
			 task->pid);
	} else if (ofl_cgroup_of_page(&e->walk, key, path, sizeof(path))) {
		snprintf(ret->name, sizeof(ret->name), "cgroup %s", path);
	} else {
		snprintf(ret->name, sizeof(ret->name), "whose is not known");
	}
	e->walk.bad_what = NULL;	/* a page table all the same */
	return true;
}

const struct ofl_holder_ops ofl_holder_pagetable = {
	.kind = "page-table",
	.evidence = "page_type; mm_struct.pgd or page.memcg_data",
	.what = "page tables; process of the top one on x86, control group if they are charged",
	.find = pagetable_find, .name = pagetable_name,
};
