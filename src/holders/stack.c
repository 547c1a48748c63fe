// SPDX-License-Identifier: GPL-2.0-or-later
/* stack.c - the thread whose kernel stack it is: task_struct.stack_vm_area */
#include <inttypes.h>
#include <stdio.h>

#include "holders/holder.h"
#include "holders/may.h"

static bool stack_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	struct ofl_walk *w = &e->walk;

	(void)state;
	if (!ofl_kind_may(p->kind, OFL_MAY_AREA))
		return false;
	ofl_areas_load(&e->areas, w);
	ofl_tasks_load(&e->tasks, w);
	*key = ofl_areas_find(&e->areas, p->pfn);
	return ofl_tasks_of_stack(&e->tasks, *key);
}

static bool stack_name(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t key,
		       struct ofl_holder *ret)
{
	const struct ofl_task *task = ofl_tasks_of_stack(&e->tasks, key);

	(void)state;
	(void)p;
	snprintf(ret->name, sizeof(ret->name), "%s", task->comm);
	snprintf(ret->detail, sizeof(ret->detail), "pid %" PRIu32, task->pid);
	return true;
}

const struct ofl_holder_ops ofl_holder_stack = {
	.kind = "stack",
	.evidence = "vm_struct.pages, task_struct.stack_vm_area",
	.what = "command and pid of the thread whose kernel stack it is",
	.find = stack_find, .name = stack_name,
};
