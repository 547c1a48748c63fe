// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmsa.c - the page that holds a CPU's state in an SEV-SNP guest
 *
 * On its way into the crash kernel the guest marks the VMSA page of the CPU
 * that it runs on, so there is one at most, and in dumps only.
 *
 * Source: arch/x86/coco/sev: shutdown_all_aps(), since d2062cc1b1c3 (v6.15
 * cycle, and in stable kernels). The dump has no other trace of it than
 * per_cpu(sev_vmsa), an address in the direct map.
 */
#include <stdlib.h>

#include "owners/driver.h"

#define MAX_CPUS	8192
/* without CONFIG_RANDOMIZE_MEMORY: __PAGE_OFFSET_BASE_L4 */
#define DIRECT_MAP	0xffff888000000000ull

/** struct state - VMSA pages of all CPUs */
struct state {
	bool lost;		/* there may be one that is not known */
	size_t nr;
	uint64_t pfn[];
};

static uint64_t direct_map(const struct ofl_target *t)
{
	uint64_t kva, base;

	if (ofl_symbol(t, "page_offset_base", &kva) &&
	    ofl_read_u64(t, kva, &base) && base)
		return base;
	return DIRECT_MAP;
}

static void read_cpus(const struct ofl_env *env, uint64_t variable,
		      uint64_t nr_cpus, struct state *st)
{
	const struct ofl_target *t = env->t;
	const struct ofl_layout *l = env->l;
	uint64_t offsets, base = direct_map(t), cpu, offset, kva, pfn;

	offsets = ofl_fact_u64(l, OFL_F_PER_CPU_OFFSET);
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		if (!ofl_read_u64(t, offsets + cpu * 8, &offset) ||
		    !ofl_read_u64(t, variable + offset, &kva)) {
			st->lost = true;
			continue;
		}
		pfn = kva > base ? (kva - base) / l->page_bytes : UINT64_MAX;
		if (kva && pfn < l->nr_sections * l->section_pages)
			st->pfn[st->nr++] = pfn;
		else if (kva)
			st->lost = true;	/* base is another one */
	}
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	int64_t nr = ofl_fact_value(env->l, OFL_F_NR_CPU_IDS, 0);
	struct state *st;
	uint64_t variable;
	bool known;

	if (!ofl_symbol(env->t, "sev_vmsa", &variable))
		return OFL_OK;
	known = ofl_fact_known(env->l, OFL_F_PER_CPU_OFFSET) && nr > 0 &&
		nr <= MAX_CPUS;
	st = calloc(1, sizeof(*st) +
		    (known ? (size_t)nr : 0) * sizeof(st->pfn[0]));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	st->lost = !known;
	if (known)
		read_cpus(env, variable, (uint64_t)nr, st);
	if (st->nr || st->lost)
		*state = st;
	else
		free(st);	/* no SEV-SNP guest */
	return OFL_OK;
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	return st && st->lost ?
	       "snp_vmsa: the page of a CPU cannot be found" : NULL;
}

static unsigned int devices(const void *state)
{
	const struct state *st = state;

	return st->nr > 0;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	const struct state *st = state;
	size_t i;

	ret->evidence = OFL_EV_POINTER;
	for (i = 0; i < st->nr; i++)
		if (st->pfn[i] == p->pfn)
			return true;
	return false;
}

const struct ofl_owner_ops ofl_owner_vmsa = {
	.name = "snp_vmsa",
	.mark = 's',
	.next = "never while the guest runs: these pages hold the state of its CPUs",
	.probe = probe,
	.free = free,
	.blind = blind,
	.devices = devices,
	.claim = claim,
};
