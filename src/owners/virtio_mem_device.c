// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_mem_device.c - read a struct virtio_mem, and its bitmap or states
 *
 * Source: drivers/virtio/virtio_mem.c.
 */
#include <stdlib.h>

#include "owners/virtio_mem_device.h"
#include "target/count.h"

#define TYPE "virtio_mem"

/* ---- layout ---- */

/* before v5.16 KERNEL and MOVABLE were ONLINE */
const struct ofl_vmem_state_row ofl_vmem_mb_states[] = {
	{ "VIRTIO_MEM_SBM_MB_UNUSED", "unused", OFL_VMEM_NOT_ADDED, true },
	{ "VIRTIO_MEM_SBM_MB_PLUGGED", "plugged", OFL_VMEM_NOT_ADDED, true },
	{ "VIRTIO_MEM_SBM_MB_OFFLINE", "offline", OFL_VMEM_OFFLINE, false },
	{ "VIRTIO_MEM_SBM_MB_OFFLINE_PARTIAL", "offline-partial", OFL_VMEM_OFFLINE, true },
	{ "VIRTIO_MEM_SBM_MB_KERNEL", "kernel", OFL_VMEM_ONLINE, false },
	{ "VIRTIO_MEM_SBM_MB_KERNEL_PARTIAL", "kernel-partial", OFL_VMEM_ONLINE, true },
	{ "VIRTIO_MEM_SBM_MB_MOVABLE", "movable", OFL_VMEM_ONLINE, false },
	{ "VIRTIO_MEM_SBM_MB_MOVABLE_PARTIAL", "movable-partial", OFL_VMEM_ONLINE, true },
	/* until v5.16 */
	{ "VIRTIO_MEM_SBM_MB_ONLINE", "online", OFL_VMEM_ONLINE, false },
	{ "VIRTIO_MEM_SBM_MB_ONLINE_PARTIAL", "online-partial", OFL_VMEM_ONLINE, true },
	/* until v5.12 */
	{ "VIRTIO_MEM_MB_STATE_ONLINE", "online", OFL_VMEM_ONLINE, false },
	{ "VIRTIO_MEM_MB_STATE_ONLINE_PARTIAL", "online-partial", OFL_VMEM_ONLINE, true },
	{ "VIRTIO_MEM_MB_STATE_OFFLINE", "offline", OFL_VMEM_OFFLINE, false },
	{ "VIRTIO_MEM_MB_STATE_OFFLINE_PARTIAL", "offline-partial", OFL_VMEM_OFFLINE, true },
	{ "VIRTIO_MEM_MB_STATE_UNUSED", "unused", OFL_VMEM_NOT_ADDED, true },
	{ "VIRTIO_MEM_MB_STATE_PLUGGED", "plugged", OFL_VMEM_NOT_ADDED, true },
	{ NULL, NULL, OFL_VMEM_NOT_ADDED, true }
};

const struct ofl_vmem_state_row ofl_vmem_bb_states[] = {
	{ "VIRTIO_MEM_BBM_BB_PLUGGED", "plugged", OFL_VMEM_NOT_ADDED, true },
	{ "VIRTIO_MEM_BBM_BB_ADDED", "added", OFL_VMEM_ONLINE, false },
	{ "VIRTIO_MEM_BBM_BB_FAKE_OFFLINE", "fake-offline", OFL_VMEM_ONLINE, true },
	{ NULL, NULL, OFL_VMEM_NOT_ADDED, true }
};

_Static_assert(OFL_COUNT(ofl_vmem_mb_states) <=
	       OFL_VMEM_STATES, "OFL_VMEM_STATES is too small");

/* names: since v5.12 in sbm and bbm; before that flat, and no bbm at all */
static const struct ofl_field fields[OFL_VMEM_NR_FIELDS] = {
	[OFL_VMEM_NOTIFIER] = { TYPE, "memory_notifier", NULL, 0, false },
	[OFL_VMEM_ADDR] = { TYPE, "addr", NULL, 8, false },
	[OFL_VMEM_REGION_SIZE] = { TYPE, "region_size", NULL, 8, false },
	[OFL_VMEM_REMOVING] = { TYPE, "removing", NULL, 1, false },
	[OFL_VMEM_IN_SBM] = { TYPE, "in_sbm", NULL, 1, true },
	[OFL_VMEM_FIRST_MB] = { TYPE, "sbm.first_mb_id", "first_mb_id", 8, false },
	[OFL_VMEM_NEXT_MB] = { TYPE, "sbm.next_mb_id", "next_mb_id", 8, false },
	[OFL_VMEM_SB_SIZE] = { TYPE, "sbm.sb_size", "subblock_size", 8, false },
	[OFL_VMEM_SBS_PER_MB] = { TYPE, "sbm.sbs_per_mb", "nb_sb_per_mb", 4, false },
	[OFL_VMEM_SB_STATES] = { TYPE, "sbm.sb_states", "sb_bitmap", 8, false },
	[OFL_VMEM_FIRST_BB] = { TYPE, "bbm.first_bb_id", NULL, 8, true },
	[OFL_VMEM_NEXT_BB] = { TYPE, "bbm.next_bb_id", NULL, 8, true },
	[OFL_VMEM_BB_SIZE] = { TYPE, "bbm.bb_size", NULL, 8, true },
	[OFL_VMEM_BB_STATES] = { TYPE, "bbm.bb_states", NULL, 8, true },
	[OFL_VMEM_PLUGGED_SIZE] = { TYPE, "plugged_size", NULL, 8, true },
	[OFL_VMEM_REQUESTED_SIZE] = { TYPE, "requested_size", NULL, 8, true },
	[OFL_VMEM_OFFLINE_SIZE] = { TYPE, "offline_size", NULL, 8, true },
	[OFL_VMEM_MB_COUNT] = { TYPE, "sbm.mb_count", "nb_mb_state", 0, true },
	[OFL_VMEM_MB_STATES] = { TYPE, "sbm.mb_states", "mb_state", 8, true },
	[OFL_VMEM_MUTEX] = { TYPE, "hotplug_mutex", NULL, 0, true },
	[OFL_VMEM_HOTPLUG_ACTIVE] = { TYPE, "hotplug_active", NULL, 1, true },
	[OFL_VMEM_WQ_ACTIVE] = { TYPE, "wq_active", NULL, 4, true },
};

static void load_numbers(const struct ofl_types *ty,
			 const struct ofl_vmem_state_row *row, int64_t *ret)
{
	for (; row->name; row++, ret++)
		if (!ofl_types_enumerator(ty, row->name, ret))
			*ret = -1;
}

static void load_states(struct ofl_vmem *st, const struct ofl_types *ty)
{
	if (!ofl_types_enumerator(ty, "VIRTIO_MEM_BBM_BB_FAKE_OFFLINE",
				  &st->fake_offline))
		st->fake_offline = -1;
	load_numbers(ty, ofl_vmem_mb_states, st->mb_state);
	load_numbers(ty, ofl_vmem_bb_states, st->bb_state);
}

bool ofl_vmem_load_layout(struct ofl_vmem *st, const struct ofl_types *ty)
{
	load_states(st, ty);
	return ofl_fields_load(ty, fields, OFL_VMEM_NR_FIELDS, st->at);
}

bool ofl_vmem_get(const struct ofl_vmem *st, uint64_t kva, enum ofl_vmem_field f,
		  uint64_t *ret)
{
	return ofl_place_read(st->env->t, kva, &st->at[f], ret);
}

/* ---- records ---- */

static bool read_map(struct ofl_vmem *st, struct ofl_vmem_device *d, uint64_t map_kva)
{
	uint64_t n = d->next_id - d->first_id;

	if (d->next_id < d->first_id || n > OFL_VMEM_MAX_BYTES)
		return false;
	d->map_bytes = d->sbm ? (n * d->units_per_mb + 63) / 64 * 8 : n;
	if (!d->map_bytes)
		return true;
	if (d->map_bytes > OFL_VMEM_MAX_BYTES || !map_kva)
		return false;
	d->map = malloc(d->map_bytes);
	return d->map && ofl_read(st->env->t, map_kva, d->map,
				  d->map_bytes) == OFL_READ_OK;
}

/* zeros, with memory plugged: the page with the map is not in the dump */
static bool is_blank(const struct ofl_vmem *st, const struct ofl_vmem_device *d)
{
	uint64_t plugged;

	return d->map_bytes && ofl_all_zero(d->map, d->map_bytes) &&
	       ofl_vmem_get(st, d->kva, OFL_VMEM_PLUGGED_SIZE, &plugged) &&
	       plugged;
}

/* records of units outside the region, or the machine, are not to be believed */
static bool in_region(const struct ofl_vmem *st, const struct ofl_vmem_device *d)
{
	const struct ofl_layout *l = st->env->l;
	uint64_t bytes = d->sbm ? st->block_bytes : d->unit_bytes;

	return d->first_id == d->next_id ||
	       (d->first_id >= d->start_pa / bytes &&
		d->next_id <= (d->end_pa - 1) / bytes + 1 &&
		bytes <= d->end_pa - d->start_pa &&
		d->end_pa <= l->nr_sections * l->section_pages * l->page_bytes);
}

static bool sane(const struct ofl_vmem *st, const struct ofl_vmem_device *d)
{
	bool units = d->unit_bytes && (d->sbm ? d->units_per_mb &&
		d->unit_bytes >= st->page_bytes &&
		d->unit_bytes <= st->block_bytes &&
		d->unit_bytes * d->units_per_mb == st->block_bytes :
		d->unit_bytes >= st->block_bytes);

	return units && in_region(st, d);
}

bool ofl_vmem_read(struct ofl_vmem *st, struct ofl_vmem_device *d)
{
	uint64_t removing = 0, in_sbm = 1, map_kva;
	bool ok;

	d->removing_known = ofl_vmem_get(st, d->kva, OFL_VMEM_REMOVING,
					 &removing);
	d->removing = removing;
	if (!d->removing_known ||
	    (st->at[OFL_VMEM_IN_SBM].known && !ofl_vmem_get(st, d->kva, OFL_VMEM_IN_SBM, &in_sbm)))
		return false;
	d->sbm = in_sbm;
	if (d->sbm)
		ok = ofl_vmem_get(st, d->kva, OFL_VMEM_FIRST_MB, &d->first_id) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_NEXT_MB, &d->next_id) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_SB_SIZE, &d->unit_bytes) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_SBS_PER_MB, &d->units_per_mb) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_SB_STATES, &map_kva);
	else
		ok = ofl_vmem_get(st, d->kva, OFL_VMEM_FIRST_BB, &d->first_id) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_NEXT_BB, &d->next_id) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_BB_SIZE, &d->unit_bytes) &&
		     ofl_vmem_get(st, d->kva, OFL_VMEM_BB_STATES, &map_kva);
	return ok && sane(st, d) && read_map(st, d, map_kva) &&
	       !is_blank(st, d);
}

/* virtio_mem_sbm_test_sb_unplugged(), VIRTIO_MEM_BBM_BB_FAKE_OFFLINE */
bool ofl_vmem_is_gone(const struct ofl_vmem *st, const struct ofl_vmem_device *d,
		      uint64_t unit)
{
	if (!d->sbm)
		return d->states[unit] == st->fake_offline;
	return !(d->plugged[unit / 64] >> unit % 64 & 1);
}

/* virtio_mem_phys_to_mb_id(), virtio_mem_phys_to_sb_id(), _bb_id() */
bool ofl_vmem_unplugged(const struct ofl_vmem *st,
			const struct ofl_vmem_device *d, uint64_t pa, bool *ret)
{
	uint64_t id = pa / (d->sbm ? st->block_bytes : d->unit_bytes);

	if (id < d->first_id || id >= d->next_id)
		return false;
	id -= d->first_id;
	if (d->sbm)
		id = id * d->units_per_mb +
		     pa % st->block_bytes / d->unit_bytes;
	*ret = ofl_vmem_is_gone(st, d, id);
	return true;
}
