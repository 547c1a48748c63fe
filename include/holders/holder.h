/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holder.h - what a kind of holder answers
 *
 * Depends on tasks.h, areas.h and classify.h. A kind of holder is one file in
 * src/holders and one row of holder.def. It names a page only with a witness:
 * something in the dump that only this holder's pages have.
 */
#ifndef OFL_HOLDER_H
#define OFL_HOLDER_H

#include "holders/areas.h"
#include "holders/tasks.h"
#include "judge/classify.h"
#include "target/text.h"

/** struct ofl_held - a page that is in the way, or its head */
struct ofl_held {
	uint64_t pfn;
	uint64_t page_kva;
	const unsigned char *raw;
	uint32_t type;			/* page_type */
	enum ofl_kind kind;
};

/** struct ofl_holder - who has it, in words */
struct ofl_holder {
	char name[160];			/* escaped; never empty */
	char detail[120];		/* escaped; "" */
};

/** struct ofl_holder_env - what a holder may look at; all borrowed */
struct ofl_holder_env {
	struct ofl_walk walk;
	const struct ofl_env *env;
	struct ofl_tasks tasks;		/* ofl_tasks_load() first */
	struct ofl_areas areas;		/* ofl_areas_load() first */
};

/**
 * struct ofl_holder_ops - a kind of holder
 *
 * find() is called for each page that is in the way and has no name yet, in
 * the order of holder.def; name() once for each key. A kind without name() has
 * one holder, with a name that is always the same: @fixed.
 */
struct ofl_holder_ops {
	const char *kind;	/* stable word, for JSON and grep */
	const char *evidence;	/* what in the dump says so */
	const char *what;	/* for docs/holders.md */
	/** open - *@state is given to the others; may be NULL */
	bool (*open)(struct ofl_holder_env *e, void **state);
	void (*close)(void *state);	/* may be NULL */
	/**
	 * find - what this page points to, if it is such a page
	 * @key: out  the same for all pages that name() calls alike
	 *
	 * Errors: false: it is not, or the walk broke off (e->walk.bad_what),
	 *         or the dump cannot tell whose it is (e->walk.why).
	 */
	bool (*find)(struct ofl_holder_env *e, void *state,
		     const struct ofl_held *p, uint64_t *key);
	/**
	 * name - the name of what find() found; NULL: @fixed
	 * @ret: out  comes empty
	 *
	 * Errors: false, as of find(): nobody is named then.
	 */
	bool (*name)(struct ofl_holder_env *e, void *state,
		     const struct ofl_held *p, uint64_t key,
		     struct ofl_holder *ret);
	/**
	 * objects - objects in use in the page and its tails; may be NULL
	 */
	uint64_t (*objects)(struct ofl_holder_env *e, const struct ofl_held *p);
	struct { const char *name, *detail; } fixed;
	bool by_mapping;	/* pages of one mapping have one holder */
};

#define HOLDER(name) extern const struct ofl_holder_ops ofl_holder_##name;
#include "holders/holder.def"
#undef HOLDER

extern const struct ofl_holder_ops *const ofl_holder_table[];
extern const unsigned int ofl_nr_holder_kinds;

#endif
