// SPDX-License-Identifier: GPL-2.0-or-later
/* vmstat.c - per-CPU counters, added up */
#include "kernel/vmstat.h"
#include "target/count.h"

#define MAX_CPUS	8192

static bool cpus_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_NR_CPU_IDS) &&
	       ofl_fact_known(l, OFL_F_PER_CPU_OFFSET) &&
	       ofl_fact_u64(l, OFL_F_NR_CPU_IDS) <= MAX_CPUS;
}

/* where CPU @cpu has its copy of a per-CPU variable */
static bool cpu_kva(const struct ofl_target *t, const struct ofl_layout *l,
		    uint64_t cpu, uint64_t variable, uint64_t *ret)
{
	uint64_t offset;

	if (!ofl_read_u64(t, ofl_fact_u64(l, OFL_F_PER_CPU_OFFSET) + cpu * 8,
			  &offset))
		return false;
	*ret = variable + offset;
	return true;
}

/* mm/vmstat.c: sum_vm_events() */
bool ofl_vm_event(const struct ofl_target *t, const struct ofl_layout *l,
		  enum ofl_fact_id event, int64_t *ret)
{
	uint64_t cpu, kva, v, sum = 0;

	if (!cpus_known(l) || !ofl_fact_known(l, event) ||
	    !ofl_fact_known(l, OFL_F_VM_EVENT_STATES))
		return false;
	for (cpu = 0; cpu < ofl_fact_u64(l, OFL_F_NR_CPU_IDS); cpu++) {
		if (!cpu_kva(t, l, cpu, ofl_fact_u64(l, OFL_F_VM_EVENT_STATES),
			     &kva) ||
		    !ofl_read_u64(t, kva + ofl_fact_u64(l, event) * 8, &v))
			return false;
		sum += v;
	}
	*ret = (int64_t)sum;
	return true;
}

/* refresh_cpu_vm_stats(): what CPUs have not yet added to a node's counter */
static bool node_diff(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t pgdat, int64_t *sum)
{
	uint64_t stats, cpu, kva;
	int8_t diff;

	if (!ofl_fact_read_u64(t, l, pgdat, OFL_F_PGDAT_NODESTATS, &stats))
		return false;
	for (cpu = 0; cpu < ofl_fact_u64(l, OFL_F_NR_CPU_IDS); cpu++) {
		if (!cpu_kva(t, l, cpu, stats, &kva) ||
		    ofl_read(t, kva + ofl_fact_u64(l, OFL_F_NODESTAT_DIFF) +
			     ofl_fact_u64(l, OFL_F_NR_BALLOON_PAGES),
			     &diff, 1) != OFL_READ_OK)
			return false;
		*sum += diff;
	}
	return true;
}

bool ofl_balloon_stat(const struct ofl_target *t, const struct ofl_layout *l,
		      int64_t *ret)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_NR_BALLOON_PAGES, OFL_F_VM_NODE_STAT,
		OFL_F_PGDAT_NODESTATS, OFL_F_NODESTAT_DIFF, OFL_F_NODE_DATA,
	};
	uint64_t i, pgdat, v, nodes = ofl_fact_u64(l, OFL_F_MAX_NUMNODES);
	int64_t sum;

	if (!cpus_known(l) || !ofl_facts_known(l, needed, OFL_COUNT(needed)) ||
	    !ofl_read_u64(t, ofl_fact_u64(l, OFL_F_VM_NODE_STAT) +
			  ofl_fact_u64(l, OFL_F_NR_BALLOON_PAGES) * 8, &v))
		return false;
	sum = (int64_t)v;
	for (i = 0; i < nodes; i++) {
		if (!ofl_read_u64(t, ofl_fact_u64(l, OFL_F_NODE_DATA) + i * 8,
				  &pgdat))
			return false;
		if (pgdat && !node_diff(t, l, pgdat, &sum))
			return false;
	}
	*ret = sum;
	return true;
}
