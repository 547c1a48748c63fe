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
	struct {
		uint64_t start_pa, bytes;
	} range[OFL_MAX_DEVICES];
	unsigned int nr;
};

enum field { F_START, F_SIZE, NR_FIELDS };

static const struct ofl_field fields[NR_FIELDS] = {
	[F_START] = { "memtrace_entry", "start", NULL, 8, false },
	[F_SIZE] = { "memtrace_entry", "size", NULL, 8, false },
};

static void read_entries(const struct ofl_env *env, struct state *st)
{
	const struct ofl_target *t = env->t;
	const struct ofl_types ty = ofl_types_kernel(t);
	struct ofl_place at[NR_FIELDS];
	uint64_t array, count, kva, bytes;
	uint32_t nr, i;

	if (!ofl_symbol(t, "memtrace_array", &array) ||
	    !ofl_symbol(t, "memtrace_array_nr", &count) ||
	    !ofl_struct_bytes(t, "memtrace_entry", &bytes) ||
	    !ofl_fields_load(&ty, fields, NR_FIELDS, at))
		return;
	st->broken = !ofl_read_u64(t, array, &kva) ||
		     !ofl_read_u32(t, count, &nr) || nr > MAX_ENTRIES;
	for (i = 0; !st->broken && kva && i < nr && st->nr < OFL_MAX_DEVICES;
	     i++, kva += bytes) {
		st->broken = !ofl_place_read(t, kva, &at[F_START],
					     &st->range[st->nr].start_pa) ||
			     !ofl_place_read(t, kva, &at[F_SIZE],
					     &st->range[st->nr].bytes);
		if (st->broken)
			return;
		/* an entry that was given back has -1 and -1 */
		st->nr += st->range[st->nr].bytes != UINT64_MAX &&
			  st->range[st->nr].bytes != 0;
	}
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state found = { .page_bytes = env->l->page_bytes }, *st;

	read_entries(env, &found);
	if (!found.nr && !found.broken)
		return OFL_OK;
	st = malloc(sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for memtrace");
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

static unsigned int devices(const void *state, struct ofl_device *ret)
{
	const struct state *st = state;
	unsigned int i;

	for (i = 0; i < st->nr; i++) {
		ret[i] = (struct ofl_device){ .note = "" };
		snprintf(ret[i].name, sizeof(ret[i].name), "%" PRIx64,
			 st->range[i].start_pa);
	}
	return st->nr;
}

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
	.probe = probe,
	.free = free,
	.blind = blind,
	.devices = devices,
	.claim = claim,
	.account = account,
};
