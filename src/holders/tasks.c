// SPDX-License-Identifier: GPL-2.0-or-later
/* tasks.c - walk the list of processes and each one's threads */
#include <stdlib.h>
#include <string.h>

#include "holders/tasks.h"
#include "target/text.h"

#define MAX_TASKS	(1u << 22)	/* PID_MAX_LIMIT */
#define COMM_BYTES	16		/* TASK_COMM_LEN */

static const enum ofl_fact_id needed[] = {
	OFL_F_INIT_TASK, OFL_F_TASK_TASKS, OFL_F_TASK_PID, OFL_F_TASK_COMM,
	OFL_F_TASK_MM, OFL_F_TASK_SIGNAL, OFL_F_TASK_NODE,
	OFL_F_SIGNAL_THREADS,
};

/** struct load - a table being filled */
struct load {
	struct ofl_tasks *ts;
	uint64_t leader_kva;
	bool no_memory;
};

static bool read_comm(struct ofl_walk *w, uint64_t kva, char *buf, size_t bytes)
{
	char raw[COMM_BYTES + 1] = "";
	struct ofl_text text = ofl_text_over(buf, bytes);

	if (ofl_read(&w->t, ofl_walk_at(w, kva, OFL_F_TASK_COMM), raw,
		     COMM_BYTES) != OFL_READ_OK)
		return false;
	ofl_text_escaped(&text, raw);
	return true;
}

static bool add(struct ofl_walk *w, struct load *ld, uint64_t kva)
{
	struct ofl_tasks *ts = ld->ts;
	struct ofl_task *more, *task;
	uint64_t pid;

	if (ts->nr == ts->max) {
		ts->max = ts->max ? ts->max * 2 : 256;
		more = ts->max > MAX_TASKS ? NULL :
		       realloc(ts->task, ts->max * sizeof(*more));
		ld->no_memory = !more;
		if (!more)
			return ofl_walk_lost(w);
		ts->task = more;
	}
	task = &ts->task[ts->nr];
	memset(task, 0, sizeof(*task));
	task->kva = kva;
	task->leader = kva == ld->leader_kva;
	if (!ofl_walk_number(w, kva, OFL_F_TASK_PID, 4, &pid) ||
	    !ofl_walk_number(w, kva, OFL_F_TASK_MM, 8, &task->mm_kva) ||
	    !read_comm(w, kva, task->comm, sizeof(task->comm)))
		return false;
	task->pid = (uint32_t)pid;
	ts->nr++;
	return !ofl_fact_known(w->l, OFL_F_TASK_STACK_VM) ||
	       ofl_walk_number(w, kva, OFL_F_TASK_STACK_VM, 8,
			       &task->stack_vm_kva);
}

/* the lists go on behind what cannot be read, but not without memory */
static bool note_break(struct ofl_walk *w, struct load *ld, bool whole)
{
	ld->ts->whole &= whole;
	ofl_break_keep(&ld->ts->broken, w);
	return ld->no_memory;
}

static bool add_thread(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct load *ld = arg;

	return note_break(w, ld, add(w, ld, node_kva -
					 ofl_fact_u64(w->l, OFL_F_TASK_NODE)));
}

static bool add_process(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct load *ld = arg;
	uint64_t signal;

	ld->leader_kva = node_kva -
			 (uint64_t)w->l->fact[OFL_F_TASK_TASKS].value;
	return note_break(w, ld,
		ofl_walk_pointer(w, ld->leader_kva, OFL_F_TASK_SIGNAL, &signal) &&
		ofl_walk_list(w, ofl_walk_at(w, signal, OFL_F_SIGNAL_THREADS),
			      add_thread, ld));
}

static int by_mm(const void *a, const void *b)
{
	const struct ofl_task *x = a, *y = b;

	if (x->mm_kva != y->mm_kva)
		return x->mm_kva < y->mm_kva ? -1 : 1;
	if (x->leader != y->leader)
		return x->leader ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int by_stack(const void *a, const void *b)
{
	const struct ofl_task *x = *(struct ofl_task *const *)a;
	const struct ofl_task *y = *(struct ofl_task *const *)b;

	if (x->stack_vm_kva != y->stack_vm_kva)
		return x->stack_vm_kva < y->stack_vm_kva ? -1 : 1;
	return 0;
}

static void make_indexes(struct ofl_tasks *ts, struct ofl_walk *w)
{
	size_t i;

	if (!ts->nr)
		return;
	qsort(ts->task, ts->nr, sizeof(*ts->task), by_mm);
	ts->by_stack = malloc(ts->nr * sizeof(*ts->by_stack));
	for (i = 0; ts->by_stack && i < ts->nr; i++)
		ts->by_stack[i] = &ts->task[i];
	if (!ts->by_stack)
		ofl_walk_lost(w);
	else
		qsort(ts->by_stack, ts->nr, sizeof(*ts->by_stack), by_stack);
}

void ofl_tasks_load(struct ofl_tasks *ts, struct ofl_walk *w)
{
	struct load ld = { .ts = ts };
	uint64_t init;

	if (ts->loaded)
		return;
	ts->loaded = true;
	if (!ofl_walk_knows(w, needed, sizeof(needed) / sizeof(needed[0])))
		return;
	ts->whole = true;
	init = ld.leader_kva = (uint64_t)w->l->fact[OFL_F_INIT_TASK].value;
	note_break(w, &ld, add(w, &ld, init) &&
		   ofl_walk_list(w, ofl_walk_at(w, init, OFL_F_TASK_TASKS),
				 add_process, &ld));
	ts->whole &= !ld.no_memory;
	make_indexes(ts, w);
}

void ofl_tasks_free(struct ofl_tasks *ts)
{
	free(ts->task);
	free(ts->by_stack);
	memset(ts, 0, sizeof(*ts));
}

const struct ofl_task *ofl_tasks_of_mm(const struct ofl_tasks *ts,
				       uint64_t mm_kva)
{
	size_t lo = 0, hi = ts->nr;

	/* the first of them: leaders stand before their threads */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ts->task[mid].mm_kva < mm_kva)
			lo = mid + 1;
		else
			hi = mid;
	}
	return mm_kva && lo < ts->nr && ts->task[lo].mm_kva == mm_kva ?
	       &ts->task[lo] : NULL;
}

const struct ofl_task *ofl_tasks_of_stack(const struct ofl_tasks *ts,
					  uint64_t vm_kva)
{
	const struct ofl_task key = { .stack_vm_kva = vm_kva }, *at = &key;
	struct ofl_task *const *found;

	if (!vm_kva || !ts->by_stack)
		return NULL;
	found = bsearch(&at, ts->by_stack, ts->nr, sizeof(*ts->by_stack),
			by_stack);
	return found ? *found : NULL;
}
