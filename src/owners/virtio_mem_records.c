// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * virtio_mem_records.c - do a virtio-mem device's records agree with each other?
 *
 * Source: drivers/virtio/virtio_mem.c: virtio_mem_sbm_set_mb_state(),
 * virtio_mem_add_memory(), virtio_mem_memory_notifier_cb().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "owners/virtio_mem_records.h"
#include "target/text.h"

/* ---- pages ---- */

/* are pages at this address in an online block, where their struct pages count? */
static bool is_online(const struct ofl_vmem *st, uint64_t pa)
{
	const struct ofl_block *b = st->env->blocks ?
		ofl_blocks_find(st->env->blocks, pa / st->block_bytes) : NULL;

	return b && (b->state == OFL_BLOCK_ONLINE ||
		     b->state == OFL_BLOCK_GOING_OFFLINE);
}

static uint64_t count_units(const struct ofl_vmem_device *d)
{
	return (d->next_id - d->first_id) * (d->sbm ? d->units_per_mb : 1);
}

/* pages that have to be PageOffline: units given back, of online blocks */
static uint64_t expected_pages(const struct ofl_vmem *st, const struct ofl_vmem_device *d)
{
	uint64_t base = d->first_id * (d->sbm ? st->block_bytes : d->unit_bytes);
	uint64_t i, at, pages = 0, n = count_units(d);
	/* a big block is made of memory blocks, each online or not */
	uint64_t step = d->unit_bytes < st->block_bytes ? d->unit_bytes :
							  st->block_bytes;

	for (i = 0; i < n; i++) {
		if (!ofl_vmem_is_gone(st, d, i))
			continue;
		for (at = 0; at < d->unit_bytes; at += step)
			if (is_online(st, base + i * d->unit_bytes + at))
				pages += step / st->page_bytes;
	}
	return pages;
}

static uint64_t plugged_bytes(const struct ofl_vmem *st, const struct ofl_vmem_device *d)
{
	uint64_t i, nr = 0, n = count_units(d);

	for (i = 0; i < n; i++)
		nr += d->sbm ? !ofl_vmem_is_gone(st, d, i) : d->states[i] != 0;
	return nr * d->unit_bytes;
}

#define MUTEX_HELD	"hotplug_mutex is held: plugging or unplugging"
#define MUTEX_UNKNOWN	"whether hotplug_mutex is held is not known"

/* NULL: it is 0 */
static const char *active(const struct ofl_vmem *st,
			  const struct ofl_vmem_device *d,
			  enum ofl_vmem_field f, const char *yes,
			  const char *unknown)
{
	uint64_t value;

	if (!ofl_vmem_get(st, d->kva, f, &value))
		return unknown;
	return value ? yes : NULL;
}

/* all three are there since the driver is (v5.8) */
const char *ofl_vmem_at_work(const void *state, unsigned int device)
{
	const struct ofl_vmem *st = state;
	const struct ofl_vmem_device *d = &st->dev[device];
	const char *why;

	if (!d->records)
		return NULL;
	why = active(st, d, OFL_VMEM_HOTPLUG_ACTIVE,
		     "hotplug_active: a block goes online or offline",
		     "whether a block goes online or offline is not known");
	if (!why)
		why = !st->at[OFL_VMEM_MUTEX].known ? MUTEX_UNKNOWN :
		      ofl_mutex_held(st->env, d->kva +
				     st->at[OFL_VMEM_MUTEX].offset_bytes,
				     MUTEX_HELD, MUTEX_UNKNOWN);
	return why ? why : active(st, d, OFL_VMEM_WQ_ACTIVE,
				  "wq_active: plugging or unplugging",
				  "whether it plugs or unplugs is not known");
}

/* ---- states of memory blocks ---- */

#define STATES_UNTOLD	"virtio_mem: not all states of its memory blocks are known"

/* SBM: one byte a memory block; NULL: not known. free() it */
static uint8_t *read_states(const struct ofl_vmem *st,
			    const struct ofl_vmem_device *d)
{
	uint64_t n = d->next_id - d->first_id, kva;
	uint8_t *states = n && n <= OFL_VMEM_MAX_BYTES ? malloc(n) : NULL;

	/* no block was ever added? not with memory plugged: not in the dump */
	if (states && ofl_vmem_get(st, d->kva, OFL_VMEM_MB_STATES, &kva) &&
	    ofl_read(st->env->t, kva, states, n) == OFL_READ_OK &&
	    (!ofl_all_zero(states, n) || ofl_all_zero(d->map, d->map_bytes)))
		return states;
	free(states);
	return NULL;
}

/* "movable 6, movable-partial 2"; without an enumerator "unknown 8" */
static void describe_states(const struct ofl_vmem *st,
			    const struct ofl_vmem_device *d,
			    const uint8_t *states, struct ofl_account *a)
{
	const struct ofl_vmem_state_row *row = d->sbm ? ofl_vmem_mb_states :
							ofl_vmem_bb_states;
	const int64_t *v = d->sbm ? st->mb_state : st->bb_state;
	uint64_t n = d->next_id - d->first_id, count[256] = { 0 }, i, rest = n;
	char buf[128];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));

	for (i = 0; i < n; i++)
		count[states[i]]++;
	for (; row->name; row++, v++)
		if (*v >= 0 && *v < 256 && count[*v]) {
			ofl_text_item(&text, ", ", "%s %" PRIu64, row->text,
				      count[*v]);
			rest -= count[*v];
			count[*v] = 0;
		}
	if (rest) {
		ofl_text_item(&text, ", ", "unknown %" PRIu64, rest);
		a->untold = STATES_UNTOLD;
	}
	ofl_account_detail(a, "blocks", "%s", buf);
}

/* what is known of a state by its number; NULL: nothing */
static const struct ofl_vmem_state_row *row_of(const struct ofl_vmem *st,
					       uint8_t state)
{
	size_t i;

	for (i = 0; ofl_vmem_mb_states[i].name; i++)
		if (st->mb_state[i] == state)
			return &ofl_vmem_mb_states[i];
	return NULL;
}

/** struct misfit - blocks that contradict their state, so far */
struct misfit {
	uint64_t blocks, first_nr;
	const char *is, *but;		/* of the first */
};

static void note_misfit(struct misfit *m, uint64_t nr, const char *is,
			const char *but)
{
	if (!m->blocks++)
		*m = (struct misfit){ 1, nr, is, but };
}

static bool all_plugged(const struct ofl_vmem *st,
			const struct ofl_vmem_device *d, uint64_t i)
{
	uint64_t unit;

	for (unit = i * d->units_per_mb; unit < (i + 1) * d->units_per_mb; unit++)
		if (ofl_vmem_is_gone(st, d, unit))
			return false;
	return true;
}

/* NULL: nothing; of a state that we have no name for we cannot say */
static const char *what_is_wrong(const struct ofl_vmem *st,
				 const struct ofl_vmem_device *d, uint64_t i,
				 const struct ofl_vmem_state_row *row)
{
	const struct ofl_block *b = ofl_blocks_find(st->env->blocks,
						    d->first_id + i);
	bool online = b && (b->state == OFL_BLOCK_ONLINE ||
			    b->state == OFL_BLOCK_GOING_OFFLINE);

	if (!row)
		return NULL;
	if (row->is == OFL_VMEM_NOT_ADDED)
		return b ? "there is a memory block" : NULL;
	if (!b)
		return "there is no memory block";
	if (b->state != OFL_BLOCK_OTHER && online != (row->is == OFL_VMEM_ONLINE))
		return online ? "the memory block is online" :
				"the memory block is offline";
	if (!row->partial && !all_plugged(st, d, i))
		return "some of its units are given back";
	return NULL;
}

static void check_states(const struct ofl_vmem *st,
			 const struct ofl_vmem_device *d,
			 const uint8_t *states, struct ofl_account *a)
{
	uint64_t i, n = d->next_id - d->first_id;
	struct misfit m = { 0 };

	if (!st->env->blocks || st->env->blocks->lost)
		return;
	for (i = 0; i < n; i++) {
		const struct ofl_vmem_state_row *row = row_of(st, states[i]);
		const char *but = what_is_wrong(st, d, i, row);

		if (but)
			note_misfit(&m, d->first_id + i, row->text, but);
	}
	if (m.blocks)
		ofl_account_complain(a, OFL_FINDING_BLOCK_STATE, a->in_flight[0],
			m.first_nr * st->block_bytes / st->page_bytes,
			st->block_bytes / st->page_bytes,
			"the driver says memory%" PRIu64 " is %s, but %s; %"
			PRIu64 " such block%s", m.first_nr, m.is, m.but,
			m.blocks, m.blocks == 1 ? "" : "s");
}

/* virtio_mem_sbm_set_mb_state(): mb_count[] is the driver's own histogram */
static void check_histogram(const struct ofl_vmem *st,
			    const struct ofl_vmem_device *d,
			    const uint8_t *states, struct ofl_account *a)
{
	const struct ofl_place *counts = &st->at[OFL_VMEM_MB_COUNT];
	uint64_t i, n = d->next_id - d->first_id, count[256] = { 0 }, said;
	uint64_t at = d->kva + counts->offset_bytes;

	for (i = 0; i < n; i++)
		count[states[i]]++;
	for (i = 0; i < counts->size_bytes / 8 && i < 256; i++) {
		if (!ofl_read_u64(st->env->t, at + 8 * i, &said))
			return;
		if (said == count[i])
			continue;
		ofl_account_complain(a, OFL_FINDING_BLOCK_COUNT, a->in_flight[0], 0, 0,
			"mb_count[%" PRIu64 "] is %" PRIu64 ", but %" PRIu64
			" blocks are in that state", i, said, count[i]);
		return;
	}
}

/* ---- sizes ---- */

/* virtio_mem_memory_notifier_cb(): offline_size was added and is not online */
static void check_offline_size(const struct ofl_vmem *st,
			       const struct ofl_vmem_device *d,
			       struct ofl_account *a)
{
	const struct ofl_blocks *blocks = st->env->blocks;
	uint64_t size, bytes = 0, at;
	size_t i;

	if (!ofl_vmem_get(st, d->kva, OFL_VMEM_OFFLINE_SIZE, &size) ||
	    !blocks || blocks->lost)
		return;
	for (i = 0; i < blocks->nr; i++) {
		at = blocks->block[i].nr * st->block_bytes;
		/* what the region begins or ends within is not the device's */
		if (at < d->start_pa || at + st->block_bytes > d->end_pa)
			continue;
		if (blocks->block[i].state == OFL_BLOCK_OTHER)
			return;		/* it is on its way */
		if (blocks->block[i].state == OFL_BLOCK_OFFLINE)
			bytes += st->block_bytes;
	}
	if (size != bytes)
		ofl_account_complain(a, OFL_FINDING_OFFLINE_SIZE, a->in_flight[0], 0, 0,
			"offline_size is %" PRIu64 ", but memory blocks of %"
			PRIu64 " bytes are offline", size, bytes);
}

static void check_plugged_size(const struct ofl_vmem *st, const struct ofl_vmem_device *d,
			       struct ofl_account *a)
{
	uint64_t size, bits = plugged_bytes(st, d);

	if (ofl_vmem_get(st, d->kva, OFL_VMEM_REQUESTED_SIZE, &size))
		ofl_account_counter(a, "requested_size", (int64_t)size);
	if (!ofl_vmem_get(st, d->kva, OFL_VMEM_PLUGGED_SIZE, &size))
		return;
	ofl_account_counter(a, "plugged_size", (int64_t)size);
	if (size != bits)
		ofl_account_complain(a, OFL_FINDING_PLUGGED_SIZE, a->in_flight[0], 0, 0,
			"plugged_size is %" PRIu64 ", but units of %" PRIu64
			" bytes are plugged", size, bits);
}

/*
 * virtio_mem_run_wq(): while these differ by a unit or more the driver plugs or
 * unplugs, and tries again later if it cannot (-EBUSY, -ENOSPC).
 */
static void check_request(const struct ofl_vmem *st,
			  const struct ofl_vmem_device *d, struct ofl_account *a)
{
	uint64_t requested, plugged, bytes;
	char size[3][24];
	bool more;

	if (!ofl_vmem_get(st, d->kva, OFL_VMEM_REQUESTED_SIZE, &requested) ||
	    !ofl_vmem_get(st, d->kva, OFL_VMEM_PLUGGED_SIZE, &plugged)) {
		a->untold = "virtio_mem: requested_size or plugged_size is not known";
		return;
	}
	more = plugged > requested;
	bytes = more ? plugged - requested : requested - plugged;
	if (bytes < d->unit_bytes)
		return;
	ofl_size_text(requested, size[0], sizeof(size[0]));
	ofl_size_text(plugged, size[1], sizeof(size[1]));
	ofl_size_text(bytes, size[2], sizeof(size[2]));
	ofl_account_complain(a, more ? OFL_FINDING_ABOVE_REQUEST :
		OFL_FINDING_BELOW_REQUEST, false, 0, 0,
		"%s requested, %s plugged: %s %s %s, %" PRIu64 " %s%s",
		size[0], size[1], size[2], more ? "have" : "are",
		more ? "not been unplugged" : "not plugged yet",
		bytes / d->unit_bytes, d->sbm ? "sub-block" : "big block",
		bytes / d->unit_bytes == 1 ? "" : "s");
}

/* virtio_mem_run_wq(): a difference of less than a unit is nothing to do */
bool ofl_vmem_shrinking(const void *state, unsigned int device,
			struct ofl_shrinking *ret)
{
	const struct ofl_vmem *st = state;
	const struct ofl_vmem_device *d = &st->dev[device];
	uint64_t per_id = d->sbm ? st->block_bytes : d->unit_bytes;

	if (!d->records ||
	    !ofl_vmem_get(st, d->kva, OFL_VMEM_REQUESTED_SIZE,
			  &ret->requested_bytes) ||
	    !ofl_vmem_get(st, d->kva, OFL_VMEM_PLUGGED_SIZE,
			  &ret->plugged_bytes) ||
	    ret->plugged_bytes < ret->requested_bytes ||
	    ret->plugged_bytes - ret->requested_bytes < d->unit_bytes)
		return false;
	ret->unit_pages = d->unit_bytes / st->page_bytes;
	ret->start_pfn = d->first_id * per_id / st->page_bytes;
	ret->end_pfn = d->next_id * per_id / st->page_bytes;
	return true;
}

/* virtio_mem_sbm_test_sb_plugged(), VIRTIO_MEM_BBM_BB_ADDED */
bool ofl_vmem_keeps(const void *state, unsigned int device, uint64_t pfn)
{
	const struct ofl_vmem *st = state;
	const struct ofl_vmem_device *d = &st->dev[device];
	uint64_t pa = pfn * st->page_bytes;
	bool gone = true;

	return ofl_vmem_unplugged(st, d, pa, &gone) && !gone &&
	       (d->sbm || d->states[pa / d->unit_bytes - d->first_id]);
}

static void check_blocks(const struct ofl_vmem *st,
			 const struct ofl_vmem_device *d, struct ofl_account *a)
{
	uint8_t *states;

	if (!d->sbm) {
		describe_states(st, d, d->states, a);
		return;
	}
	states = read_states(st, d);
	if (!states && d->next_id > d->first_id)
		a->untold = STATES_UNTOLD;
	if (!states)
		return;
	describe_states(st, d, states, a);
	check_states(st, d, states, a);
	check_histogram(st, d, states, a);
	free(states);
}

void ofl_vmem_account(const void *state, unsigned int device,
		      struct ofl_account *a)
{
	const struct ofl_vmem *st = state;
	const struct ofl_vmem_device *d = &st->dev[device];

	ofl_account_detail(a, "region", "0x%" PRIx64 "-0x%" PRIx64, d->start_pa,
			   d->end_pa - 1);
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->source));
	if (!d->records)
		return;
	ofl_account_in_flight(a, ofl_vmem_at_work(state, device));
	a->known = st->env->blocks && !st->env->blocks->lost;
	a->expected = (int64_t)expected_pages(st, d);
	if (a->known)
		ofl_account_counter(a, "unplugged_pages", a->expected);
	check_plugged_size(st, d, a);
	check_request(st, d, a);
	check_offline_size(st, d, a);
	ofl_account_detail(a, "mode", "%s", d->sbm ? "SBM" : "BBM");
	ofl_account_detail(a, d->sbm ? "sub-block" : "big-block",
			   "%" PRIu64 "K", d->unit_bytes >> 10);
	check_blocks(st, d, a);
	if (d->removing)
		ofl_account_detail(a, "removing", "yes");
}
