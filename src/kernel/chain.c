// SPDX-License-Identifier: GPL-2.0-or-later
/* chain.c - memory_chain and what its callbacks do */
#include <string.h>

#include "kernel/chain.h"
#include "kernel/module.h"

/** struct known - a callback that we have read */
struct known {
	const char *name;
	enum ofl_veto veto;
	const char *what;
};

/* what each does on MEM_GOING_OFFLINE, read in v5.10, v6.1, v6.12 and v7.2 */
static const struct known callbacks[] = {
	{ "virtio_mem_memory_notifier_cb", OFL_VETO_OWNER,
	  "virtio-mem: drops the references of its unplugged sub-blocks" },
	{ "prevent_bootmem_remove_notifier", OFL_VETO_BOOT_MEMORY,
	  "arm64: refuses every block of boot memory" },
	{ "prevent_memory_remove_notifier", OFL_VETO_BOOT_MEMORY,
	  "arm64: refuses boot memory and what would split the linear map" },
	{ "kdump_mem_notifier", OFL_VETO_SOMETIMES,
	  "s390: refuses the memory of the crash kernel" },
	{ "s390_cma_mem_notifier", OFL_VETO_SOMETIMES, "s390: refuses CMA areas" },
	{ "sclp_mem_notifier", OFL_VETO_SOMETIMES,
	  "s390: refuses standby increments" },
	{ "cmm_memory_cb", OFL_VETO_NEVER, "powerpc CMM: pauses loaning" },
	{ "iommu_mem_notifier", OFL_VETO_NEVER,
	  "pseries IOMMU: nothing before it is done" },
	{ "hv_memory_notifier", OFL_VETO_NEVER, "Hyper-V: nothing" },
	{ "xen_memory_notifier", OFL_VETO_NEVER, "Xen: nothing" },
	{ "ksm_memory_callback", OFL_VETO_NEVER, "KSM: waits" },
	{ "page_ext_callback", OFL_VETO_NEVER, "page_ext: nothing" },
	{ "kasan_mem_notifier", OFL_VETO_NEVER, "KASAN: nothing" },
	{ "slab_memory_callback", OFL_VETO_NEVER, "slab: shrinks caches" },
	{ "kcore_callback", OFL_VETO_NEVER, "/proc/kcore: nothing" },
	{ "cpuset_track_online_nodes", OFL_VETO_NEVER, "cpusets: nothing" },
	{ "mm_compute_batch_notifier", OFL_VETO_NEVER, "vm counters: nothing" },
	{ "crash_memhp_notifier", OFL_VETO_NEVER, "kexec: nothing before it is done" },
	{ "memtier_hotplug_callback", OFL_VETO_NEVER, "memory tiers: nothing" },
	{ "reserve_mem_notifier", OFL_VETO_NEVER, "user reserve: nothing" },
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

static void identify(const struct ofl_target *t, const struct ofl_layout *l,
		     struct ofl_callback *cb)
{
	size_t i;

	cb->veto = OFL_VETO_UNKNOWN;
	cb->what = "not known to us: it may refuse";
	if (!find_name(t, l, cb)) {
		cb->name[0] = '\0';
		return;
	}
	for (i = 0; i < sizeof(callbacks) / sizeof(callbacks[0]); i++) {
		if (strcmp(callbacks[i].name, cb->name))
			continue;
		cb->veto = callbacks[i].veto;
		cb->what = callbacks[i].what;
	}
}

static bool walkable(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_MEMORY_CHAIN) &&
	       ofl_fact_known(l, OFL_F_CHAIN_HEAD) &&
	       ofl_fact_known(l, OFL_F_NB_CALL) &&
	       ofl_fact_known(l, OFL_F_NB_NEXT);
}

void ofl_chain_load(const struct ofl_target *t, const struct ofl_layout *l,
		    struct ofl_chain *chain)
{
	uint64_t kva;

	memset(chain, 0, sizeof(*chain));
	if (!walkable(l) ||
	    !ofl_read_u64(t, (uint64_t)l->fact[OFL_F_MEMORY_CHAIN].value +
			  (uint64_t)l->fact[OFL_F_CHAIN_HEAD].value, &kva))
		return;
	chain->known = true;
	while (kva) {
		struct ofl_callback *cb = &chain->callback[chain->nr];

		if (chain->nr == OFL_MAX_CALLBACKS) {
			chain->cut = true;
			return;
		}
		cb->nb_kva = kva;
		if (!ofl_read_u64(t, kva + (uint64_t)l->fact[OFL_F_NB_CALL].value,
				  &cb->call_kva) ||
		    !ofl_read_u64(t, kva + (uint64_t)l->fact[OFL_F_NB_NEXT].value,
				  &kva)) {
			chain->cut = true;
			return;
		}
		identify(t, l, cb);
		chain->nr++;
	}
}
