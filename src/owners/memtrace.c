// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memtrace.c - memory that powernv sets aside for hardware tracing
 *
 * Source: arch/powerpc/platforms/powernv/memtrace.c; marks its pages since
 * 0bd4b96d9910 (in v5.11).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "owners/field.h"
#include "owners/driver.h"

#define MAX_ENTRIES	4096	/* one a node */

/** struct state - the ranges */
struct state {
	uint64_t page_bytes;
	bool broken;		/* there are entries that cannot be read */
	struct range {
		uint64_t start_pa, bytes;
	} *range;		/* owned */
	unsigned int nr;
};

enum field { F_START, F_SIZE, NR_FIELDS };

static const struct ofl_field fields[NR_FIELDS] = {
	[F_START] = { "memtrace_entry", "start", NULL, 8, false },
	[F_SIZE] = { "memtrace_entry", "size", NULL, 8, false },
};

/** struct where - the array of entries */
struct where {
	struct ofl_place at[NR_FIELDS];
	uint64_t kva, entry_bytes;
	uint32_t nr;
};

/* false: not there, or with @st->broken not known */
static bool find_entries(const struct ofl_target *t, struct state *st,
			 struct where *w)
{
	const struct ofl_types ty = ofl_types_kernel(t);
	uint64_t array, count;
	bool has_array = ofl_symbol(t, "memtrace_array", &array);
	bool has_count = ofl_symbol(t, "memtrace_array_nr", &count);

	/* with no symbol of it the kernel may just not have the driver */
	if (!has_array && !has_count)
		return false;
	st->broken = !has_array || !has_count ||
		     !ofl_struct_bytes(t, "memtrace_entry",
					   &w->entry_bytes) ||
		     !ofl_fields_load(&ty, fields, NR_FIELDS, w->at) ||
		     !ofl_read_u64(t, array, &w->kva) ||
		     !ofl_read_u32(t, count, &w->nr) || w->nr > MAX_ENTRIES;
	return !st->broken && w->kva && w->nr;
}

static enum ofl_status read_entries(const struct ofl_env *env, struct state *st,
				    struct ofl_err *err)
{
	struct range *r;
	struct where w;
	uint32_t i;

	if (!find_entries(env->t, st, &w))
		return OFL_OK;
	st->range = calloc(w.nr, sizeof(*st->range));
	if (!st->range)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	for (i = 0; i < w.nr; i++, w.kva += w.entry_bytes) {
		r = &st->range[st->nr];
		if (!ofl_place_read(env->t, w.kva, &w.at[F_START], &r->start_pa) ||
		    !ofl_place_read(env->t, w.kva, &w.at[F_SIZE], &r->bytes))
			st->broken = true;
		/* no entry is empty: memory that is not in the dump */
		else if (!r->bytes)
			st->broken = true;
		/* memtrace_free_regions(): given back is -1 and -1 */
		else if (r->bytes != UINT64_MAX)
			st->nr++;
	}
	return OFL_OK;
}

static void free_state(void *state)
{
	struct state *st = state;

	free(st->range);
	free(st);
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state found = { .page_bytes = env->l->page_bytes }, *st;
	enum ofl_status status = read_entries(env, &found, err);

	if (status || (!found.nr && !found.broken)) {
		free(found.range);
		return status;
	}
	st = malloc(sizeof(*st));
	if (!st) {
		free(found.range);
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	}
	*st = found;
	*state = st;
	return OFL_OK;
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	return st && st->broken ? "memtrace: its entries cannot be read" : NULL;
}

static unsigned int devices(const void *state)
{
	const struct state *st = state;

	return st->nr;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;

	snprintf(ret->name, sizeof(ret->name), "%" PRIx64,
		 st->range[device].start_pa);
}

/* memtrace_alloc_node() marks all pages of a range */
static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	const struct state *st = state;
	uint64_t pa = p->pfn * st->page_bytes;
	unsigned int i;

	for (i = 0; i < st->nr; i++)
		if (pa >= st->range[i].start_pa &&
		    pa - st->range[i].start_pa < st->range[i].bytes) {
			ret->device = i;
			ret->evidence = OFL_EV_RANGE;
			return true;
		}
	return false;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;

	ofl_account_counter(a, "size", (int64_t)st->range[device].bytes);
	a->known = true;
	a->expected = (int64_t)(st->range[device].bytes / st->page_bytes);
}

const struct ofl_owner_ops ofl_owner_memtrace = {
	.name = "memtrace",
	.mark = 't',
	.next = "write 0 to powerpc/memtrace/enable in debugfs, then offline the block",
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.devices = devices,
	.device = device,
	.claim = claim,
	.account = account,
};
