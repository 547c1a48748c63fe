/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tasks.h - all threads of a kernel, found once
 *
 * Depends on walk.h.
 */
#ifndef OFL_TASKS_H
#define OFL_TASKS_H

#include "holders/walk.h"

/** struct ofl_task - one thread */
struct ofl_task {
	uint64_t kva, mm_kva, stack_vm_kva;	/* 0: none */
	uint32_t pid;
	bool leader;
	char comm[64];			/* escaped */
};

/** struct ofl_tasks - begin with zeros */
struct ofl_tasks {
	struct ofl_task *task;		/* ascending by mm; owned */
	struct ofl_task **by_stack;	/* ascending by stack; owned */
	size_t nr, max;
	bool loaded;
	bool whole;			/* all that there are */
	struct ofl_break broken;	/* where the first list breaks off */
};

/**
 * ofl_tasks_load() - find them, unless that was done
 *
 * Shape:  those up to where a list breaks off; whole is false then.
 * Source: include/linux/sched/signal.h: for_each_process_thread().
 */
void ofl_tasks_load(struct ofl_tasks *ts, struct ofl_walk *w);
void ofl_tasks_free(struct ofl_tasks *ts);

/** ofl_tasks_of_mm() - a process of this mm_struct; NULL: none is known */
const struct ofl_task *ofl_tasks_of_mm(const struct ofl_tasks *ts,
				       uint64_t mm_kva);

/** ofl_tasks_of_stack() - the thread whose stack this vm_struct is, or NULL */
const struct ofl_task *ofl_tasks_of_stack(const struct ofl_tasks *ts,
					  uint64_t vm_kva);

#endif
