// SPDX-License-Identifier: GPL-2.0-or-later
/* chain.c - memory_chain and node_chain, and what their callbacks do */
#include <string.h>

#include "kernel/chain.h"
#include "kernel/module.h"
#include "target/count.h"

/** struct known - a callback that we have read */
struct known {
	const char *name;
	enum ofl_veto veto;
	const char *what;
	const char *source;	/* where it is in the kernel's tree */
};

/*
 * What each does on MEM_GOING_OFFLINE and NODE_REMOVING_LAST_MEMORY, read in
 * v5.10, v6.1, v6.12, v7.2, v7.3.
 */
static const struct known callbacks[] = {
	{ "virtio_mem_memory_notifier_cb", OFL_VETO_OWNER,
	  "virtio_mem: drops the references of its unplugged sub-blocks",
	  "drivers/virtio/virtio_mem.c" },
	{ "prevent_bootmem_remove_notifier", OFL_VETO_BOOT_MEMORY,
	  "arm64: refuses every block of boot memory", "arch/arm64/mm/mmu.c" },
	/* v7.x: can_unmap_without_split() looks at page tables */
	{ "prevent_memory_remove_notifier", OFL_VETO_SPLIT,
	  "arm64: refuses boot memory and what would split the linear map",
	  "arch/arm64/mm/mmu.c" },
	{ "kdump_mem_notifier", OFL_VETO_BELOW,
	  "s390: refuses as much memory from 0 on as the crash kernel has",
	  "arch/s390/kernel/setup.c" },
	{ "s390_cma_mem_notifier", OFL_VETO_AREAS,
	  "s390: refuses blocks with pages of CMA areas, or next to one",
	  "arch/s390/mm/init.c" },
	/* gone in v7.3 */
	{ "sclp_mem_notifier", OFL_VETO_SOMETIMES,
	  "s390: refuses standby increments", "drivers/s390/char/sclp_cmd.c" },
	{ "cmm_memory_cb", OFL_VETO_NEVER, "cmm: pauses loaning",
	  "arch/powerpc/platforms/pseries/cmm.c" },
	{ "iommu_mem_notifier", OFL_VETO_NEVER,
	  "pseries IOMMU: nothing before it is done",
	  "arch/powerpc/platforms/pseries/iommu.c" },
	{ "hv_memory_notifier", OFL_VETO_NEVER, "Hyper-V: nothing",
	  "drivers/hv/hv_balloon.c" },
	{ "xen_memory_notifier", OFL_VETO_NEVER, "Xen: nothing",
	  "drivers/xen/balloon.c" },
	{ "ksm_memory_callback", OFL_VETO_NEVER, "KSM: waits", "mm/ksm.c" },
	{ "page_ext_callback", OFL_VETO_NEVER, "page_ext: nothing",
	  "mm/page_ext.c" },
	{ "kasan_mem_notifier", OFL_VETO_NEVER, "KASAN: nothing",
	  "mm/kasan/shadow.c" },
	{ "slab_memory_callback", OFL_VETO_NEVER, "slab: shrinks caches",
	  "mm/slub.c" },
	{ "wi_node_notifier", OFL_VETO_NEVER,
	  "weighted interleave: nothing before it is done", "mm/mempolicy.c" },
	{ "kcore_callback", OFL_VETO_NEVER, "/proc/kcore: nothing",
	  "fs/proc/kcore.c" },
	{ "cpuset_track_online_nodes", OFL_VETO_NEVER, "cpusets: nothing",
	  "kernel/cgroup/cpuset.c" },
	{ "mm_compute_batch_notifier", OFL_VETO_NEVER, "vm counters: nothing",
	  "mm/mm_init.c" },
	{ "crash_memhp_notifier", OFL_VETO_NEVER,
	  "kexec: nothing before it is done", "kernel/crash_core.c" },
	{ "memtier_hotplug_callback", OFL_VETO_NEVER, "memory tiers: nothing",
	  "mm/memory-tiers.c" },
	/* v5.15 to v6.0, mm/memory-tiers.c after */
	{ "migrate_on_reclaim_callback", OFL_VETO_NEVER,
	  "memory tiers: nothing", "mm/migrate.c" },
	{ "reserve_mem_notifier", OFL_VETO_NEVER, "user reserve: nothing",
	  "mm/mmap.c" },
	{ "node_memory_callback", OFL_VETO_NEVER,
	  "huge pages of a node: nothing before it is done",
	  "drivers/base/node.c" },
	/* refuses memory that goes online, if TDX does not know it */
	{ "tdx_memory_notifier", OFL_VETO_NEVER, "TDX: nothing",
	  "arch/x86/virt/vmx/tdx/tdx.c" },
	{ "intel_iommu_memory_notifier", OFL_VETO_NEVER,
	  "Intel IOMMU: nothing before it is done",
	  "drivers/iommu/intel/iommu.c" },
	{ "hmat_callback", OFL_VETO_NEVER, "ACPI HMAT: nothing",
	  "drivers/acpi/numa/hmat.c" },
	{ "cxl_region_perf_attrs_callback", OFL_VETO_NEVER, "CXL: nothing",
	  "drivers/cxl/core/region.c" },
};

/* the host knows no symbols of modules if the user told it not to (--no_modules) */
static bool find_name(const struct ofl_target *t, const struct ofl_layout *l,
		      struct ofl_callback *cb)
{
	if (ofl_symbol_at(t, cb->call_kva, cb->name, sizeof(cb->name)))
		return true;
	return ofl_modules_symbol_at(t, l, cb->call_kva, cb->name,
				     sizeof(cb->name));
}

/* kdump_mem_notifier(): PFN_DOWN(resource_size(&crashk_res)) */
static bool read_below(const struct ofl_target *t, const struct ofl_layout *l,
		       struct ofl_callback *cb)
{
	uint64_t kva = (uint64_t)ofl_fact_value(l, OFL_F_CRASHK_RES, 0);
	uint64_t start, last;

	if (!kva || !ofl_fact_known(l, OFL_F_RES_START) ||
	    !ofl_fact_known(l, OFL_F_RES_END) ||
	    !ofl_fact_read_u64(t, l, kva, OFL_F_RES_START, &start) ||
	    !ofl_fact_read_u64(t, l, kva, OFL_F_RES_END, &last) || last < start)
		return false;
	cb->below_pfn = (last - start + 1) / l->page_bytes;
	return true;
}

/* @before, @behind: pages that count as if they were of the area, too */
static bool add_area(const struct ofl_target *t, uint64_t base_kva,
		     uint64_t count_kva, unsigned int before,
		     unsigned int behind, struct ofl_callback *cb)
{
	struct ofl_area *area = &cb->area[cb->nr_areas];
	uint64_t base, pages;

	if (cb->nr_areas == OFL_MAX_AREAS || !ofl_read_u64(t, base_kva, &base) ||
	    !ofl_read_u64(t, count_kva, &pages) || base + pages < base)
		return false;
	area->start_pfn = base > before ? base - before : 0;
	area->end_pfn = base + pages + behind;
	cb->nr_areas++;
	return true;
}

/* mm/cma.c: cma_intersects(), for which a block that ends where a range begins has some of it */
static bool read_ranges(const struct ofl_target *t, const struct ofl_layout *l,
			uint64_t cma_kva, struct ofl_callback *cb)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_CMA_RANGE_BYTES, OFL_F_CMA_RANGE_BASE,
		OFL_F_CMA_RANGE_COUNT,
	};
	uint64_t kva = cma_kva + ofl_fact_u64(l, OFL_F_CMA_RANGES);
	uint32_t nr, i;

	if (!ofl_facts_known(l, needed, OFL_COUNT(needed)) ||
	    !ofl_fact_read_u32(t, l, cma_kva, OFL_F_CMA_NRANGES, &nr))
		return false;
	for (i = 0; i < nr; i++, kva += ofl_fact_u64(l, OFL_F_CMA_RANGE_BYTES))
		if (!add_area(t, kva + ofl_fact_u64(l, OFL_F_CMA_RANGE_BASE),
			      kva + ofl_fact_u64(l, OFL_F_CMA_RANGE_COUNT),
			      1, 0, cb))
			return false;
	return true;
}

/* s390_cma_check_range(), for which a block that begins where an area ends has some of it */
static bool read_area(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t cma_kva, struct ofl_callback *cb)
{
	if (ofl_fact_known(l, OFL_F_CMA_RANGES))
		return read_ranges(t, l, cma_kva, cb);
	return ofl_fact_known(l, OFL_F_CMA_BASE) &&
	       ofl_fact_known(l, OFL_F_CMA_COUNT) &&
	       add_area(t, cma_kva + ofl_fact_u64(l, OFL_F_CMA_BASE),
			cma_kva + ofl_fact_u64(l, OFL_F_CMA_COUNT), 0, 1, cb);
}

/* mm/cma.c: cma_for_each_area() */
static bool read_areas(const struct ofl_target *t, const struct ofl_layout *l,
		       struct ofl_callback *cb)
{
	uint64_t kva = ofl_fact_u64(l, OFL_F_CMA_AREAS);
	uint64_t bytes = ofl_fact_u64(l, OFL_F_CMA_BYTES);
	uint32_t count, i;

	if (!ofl_fact_known(l, OFL_F_CMA_AREA_COUNT) ||
	    !ofl_read_u32(t, ofl_fact_u64(l, OFL_F_CMA_AREA_COUNT), &count) ||
	    (count && (!kva || !bytes)))
		return false;
	for (i = 0; i < count; i++)
		if (!read_area(t, l, kva + i * bytes, cb))
			return false;
	return true;
}

/* CONFIG_SLAB, or SLUB? either of two that only mm/slab.c has */
static bool is_slab(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_SLAB_ALLOCATOR) ||
	       ofl_fact_known(l, OFL_F_SLAB_CPU_CACHE);
}

static void identify(const struct ofl_target *t, const struct ofl_layout *l,
		     struct ofl_callback *cb)
{
	size_t i;

	cb->veto = OFL_VETO_UNKNOWN;
	cb->what = "not known here: it may refuse";
	if (!find_name(t, l, cb)) {
		cb->name[0] = '\0';
		return;
	}
	for (i = 0; i < OFL_COUNT(callbacks); i++) {
		if (strcmp(callbacks[i].name, cb->name))
			continue;
		cb->veto = callbacks[i].veto;
		cb->what = callbacks[i].what;
	}
	if ((cb->veto == OFL_VETO_BELOW && !read_below(t, l, cb)) ||
	    (cb->veto == OFL_VETO_AREAS && !read_areas(t, l, cb)))
		cb->veto = OFL_VETO_SOMETIMES;
	/* mm/slab.c has one of this name, too: drain_cache_node_node() */
	if (!strcmp(cb->name, "slab_memory_callback") && is_slab(l)) {
		cb->veto = OFL_VETO_LAST_OF_NODE;
		cb->what = "slab: refuses a node's last memory as long as objects are in it";
	}
}

static bool walkable(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_CHAIN_HEAD, OFL_F_NB_CALL, OFL_F_NB_NEXT,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

/* an empty chain still has its semaphore, which is never all zeros */
static bool is_there(const struct ofl_target *t, const struct ofl_layout *l,
		     enum ofl_fact_id head)
{
	uint64_t kva = ofl_fact_u64(l, head), v, i;

	for (i = 0; i < ofl_fact_u64(l, OFL_F_CHAIN_HEAD); i += 8)
		if (ofl_read_u64(t, kva + i, &v) && v)
			return true;
	return false;
}

static void walk(const struct ofl_target *t, const struct ofl_layout *l,
		 enum ofl_fact_id head, struct ofl_chain *chain)
{
	uint64_t kva;

	memset(chain, 0, sizeof(*chain));
	if (!ofl_fact_known(l, head) || !walkable(l) ||
	    !ofl_read_u64(t, ofl_fact_u64(l, head) +
			  ofl_fact_u64(l, OFL_F_CHAIN_HEAD), &kva))
		return;
	chain->known = kva || is_there(t, l, head);
	while (kva) {
		struct ofl_callback *cb = &chain->callback[chain->nr];

		if (chain->nr == OFL_MAX_CALLBACKS) {
			chain->cut = true;
			return;
		}
		cb->nb_kva = kva;
		if (!ofl_fact_read_u64(t, l, kva, OFL_F_NB_CALL,
				       &cb->call_kva) ||
		    !ofl_fact_read_u64(t, l, kva, OFL_F_NB_NEXT, &kva)) {
			chain->cut = true;
			return;
		}
		identify(t, l, cb);
		chain->nr++;
	}
}

void ofl_chain_load(const struct ofl_target *t, const struct ofl_layout *l,
		    struct ofl_chain *chain)
{
	walk(t, l, OFL_F_MEMORY_CHAIN, chain);
}

void ofl_node_chain_load(const struct ofl_target *t, const struct ofl_layout *l,
			 struct ofl_chain *chain)
{
	walk(t, l, OFL_F_NODE_CHAIN, chain);
	/* what adds to it is there: then it is, too */
	if (!ofl_fact_known(l, OFL_F_NODE_CHAIN))
		chain->known = !ofl_fact_known(l, OFL_F_NODE_NOTIFIER);
}
