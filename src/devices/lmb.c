// SPDX-License-Identifier: GPL-2.0-or-later
/* lmb.c - logical memory blocks of a pseries partition, by their DRC index */
#include <inttypes.h>
#include <stdio.h>

#include "devices/memdevs.h"
#include "target/count.h"

#define ASSIGNED	0x8u	/* DRCONF_MEM_ASSIGNED: arch/powerpc/include/asm/drmem.h */
#define MAX_LMBS	OFL_MAX_MEMDEVS

static bool add_lmb(struct ofl_memdevs *d, uint64_t kva, uint64_t bytes)
{
	const struct ofl_layout *l = d->env->l;
	uint32_t drc, flags;
	uint64_t base;
	char name[24];

	if (!ofl_fact_read_u64(&d->t, l, kva, OFL_F_LMB_BASE, &base) ||
	    !ofl_fact_read_u32(&d->t, l, kva, OFL_F_LMB_DRC, &drc) ||
	    !ofl_fact_read_u32(&d->t, l, kva, OFL_F_LMB_FLAGS, &flags) ||
	    base % bytes || base + bytes < base)
		return false;
	if (!(flags & ASSIGNED))
		return true;
	snprintf(name, sizeof(name), "drc%08" PRIx32, drc);
	ofl_memdevs_add(d, &ofl_memdev_lmb, name, true, base, base + bytes);
	return true;
}

static bool find(struct ofl_memdevs *d)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_DRMEM_INFO, OFL_F_DRMEM_LMBS, OFL_F_DRMEM_NR,
		OFL_F_DRMEM_BYTES, OFL_F_DRMEM_BYTES_SIZE, OFL_F_LMB_SIZE,
		OFL_F_LMB_BASE, OFL_F_LMB_DRC, OFL_F_LMB_FLAGS,
	};
	const struct ofl_layout *l = d->env->l;
	uint64_t info, lmbs, bytes;
	uint32_t nr, i;
	const struct ofl_member size = {
		.offset_bytes = ofl_fact_u64(l, OFL_F_DRMEM_BYTES),
		.size_bytes = ofl_fact_u64(l, OFL_F_DRMEM_BYTES_SIZE),
	};

	if (!ofl_facts_count(l, needed, OFL_COUNT(needed)))
		return true;
	d->asked_boot = true;
	if (!ofl_facts_known(l, needed, OFL_COUNT(needed)))
		return false;
	if (!ofl_read_u64(&d->t, ofl_fact_u64(l, OFL_F_DRMEM_INFO), &info) ||
	    !ofl_fact_read_u64(&d->t, l, info, OFL_F_DRMEM_LMBS, &lmbs) ||
	    !ofl_fact_read_u32(&d->t, l, info, OFL_F_DRMEM_NR, &nr) ||
	    !ofl_read_member(&d->t, info, &size, &bytes) || nr > MAX_LMBS)
		return false;
	for (i = 0; i < nr; i++)
		if (!bytes ||
		    !add_lmb(d, lmbs + i * ofl_fact_u64(l, OFL_F_LMB_SIZE), bytes))
			return false;
	return true;
}

/* dlpar_remove_lmb(): dlpar_offline_lmb() first */
const struct ofl_memdev_kind ofl_memdev_lmb = {
	.name = "lmb",
	.evidence = "drmem_info: base_addr, drc_index and flags of each drmem_lmb",
	.what = "logical memory block of a pseries partition, by its DRC index: `drc80000010`",
	.next = "remove it from the management console, or with drmgr -c mem -r -s 0xINDEX",
	.next_held = "drmgr takes another LMB if none is named; next time boot with movable_node",
	.find = find,
};
