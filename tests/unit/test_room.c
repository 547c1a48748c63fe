// SPDX-License-Identifier: GPL-2.0-or-later
/* test_room.c - memory that zones could give to pages that migrate */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/room.h"

#define NODE		0xffff888000001000ull
#define SWAP		0xffffffff82000000ull
#define ZONE_MOVABLE	3

/** struct raw_zone - struct zone, as far as it matters */
struct raw_zone {
	uint64_t watermark[3];
	uint64_t reserve[4];
	struct { uint64_t list[2], nr; } free_area[3];
	uint64_t stat[4];	/* free, inactive anon, active file, inactive file */
};

static struct ofl_layout *l;
/** struct raw_node - struct pglist_data */
static struct raw_node {
	struct raw_zone zone[4];
	uint64_t stat[3];	/* slab: reclaimable, and not; misc */
} raw_node;
static struct raw_zone *const raw = &raw_node.zone[2];
static int64_t swap;
static bool unreadable;

static enum ofl_read read_kernel(void *ctx, uint64_t kva, void *buf,
				 size_t bytes)
{
	(void)ctx;
	if (kva >= NODE && kva + bytes <= NODE + sizeof(raw_node) && !unreadable)
		memcpy(buf, (char *)&raw_node + (kva - NODE), bytes);
	else if (kva == SWAP && bytes == sizeof(swap))
		memcpy(buf, &swap, bytes);
	else
		return OFL_READ_UNREADABLE;
	return OFL_READ_OK;
}

static void know(enum ofl_fact_id id, uint64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = (int64_t)value;
}

static int set_up(void **state)
{
	(void)state;
	l = calloc(1, sizeof(*l));
	memset(&raw_node, 0, sizeof(raw_node));
	swap = 0;
	unreadable = false;
	know(OFL_F_ZONE_STAT, offsetof(struct raw_zone, stat));
	know(OFL_F_ZONE_WATERMARK, offsetof(struct raw_zone, watermark));
	know(OFL_F_ZONE_RESERVE, offsetof(struct raw_zone, reserve));
	know(OFL_F_NR_FREE_PAGES, 0);
	know(OFL_F_NR_ACTIVE_FILE, 2);
	know(OFL_F_NR_INACTIVE_FILE, 3);
	know(OFL_F_NR_SWAP_PAGES, SWAP);
	know(OFL_F_ZONE_MOVABLE, ZONE_MOVABLE);
	know(OFL_F_ZONE_FREE_AREA, offsetof(struct raw_zone, free_area));
	know(OFL_F_FREE_AREA_BYTES, sizeof(raw->free_area[0]));
	know(OFL_F_FREE_AREA_NR, 16);
	know(OFL_F_NR_ORDERS, 3);
	know(OFL_F_PGDAT_ZONES, offsetof(struct raw_node, zone));
	know(OFL_F_ZONE_BYTES, sizeof(struct raw_zone));
	know(OFL_F_PGDAT_STAT, offsetof(struct raw_node, stat));
	know(OFL_F_NR_SLAB_RECLAIMABLE, 0);
	know(OFL_F_NR_MISC_RECLAIMABLE, 2);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(l);
	return 0;
}

static struct ofl_room load(void)
{
	static const struct ofl_memory_ops ops = { .read = read_kernel };
	static struct ofl_zone zone[2] = {
		{ .type = 2, .kva = NODE + 2 * sizeof(raw[0]),
		  .spanned_pages = 9 },
		{ .type = 3, .kva = NODE + 3 * sizeof(raw[0]),
		  .spanned_pages = 9 },
	};
	const struct ofl_target t = { .memory = &ops };
	const struct ofl_nodes nodes = { .zone = zone, .nr_zones = 2 };
	struct ofl_room room;
	struct ofl_err err;

	assert_int_equal(ofl_room_load(&t, l, &nodes, &room, &err), OFL_OK);
	return room;
}

static void test_counters(void **state)
{
	struct ofl_room room;

	(void)state;
	raw[0] = (struct raw_zone){ { 11, 22, 33 }, { 1, 2, 3, 44 },
				    { { { 0 }, 3 }, { { 0 }, 2 },
				      { { 0 }, 1 } },
				    { 1000, 5, 60, 7 } };
	raw[1].stat[0] = (uint64_t)-3;	/* what CPUs have not added yet */
	swap = 512;
	room = load();
	assert_true(room.known);
	assert_int_equal(room.nr, 2);
	assert_int_equal(room.swap, 512);
	assert_int_equal(room.zone[0].free, 1000);
	assert_int_equal(room.zone[0].min, 11);
	assert_int_equal(room.zone[0].reserve, 44);
	assert_int_equal(room.zone[0].file, 67);
	assert_int_equal(room.zone[1].free, 0);
	assert_true(room.blocks_known);
	assert_int_equal(ofl_room_blocks(&room, l, room.zone[0].zone, 1), 4);
	assert_int_equal(ofl_room_blocks(&room, l, room.zone[0].zone, 3), 0);
	assert_true(room.swap_known);
	ofl_room_free(&room);
}

/* of the node, so once, whatever zones it has */
static void test_caches_of_the_kernel(void **state)
{
	struct ofl_room room;

	(void)state;
	memcpy(raw_node.stat, (uint64_t[]){ 300, 4000, 20 },
	       sizeof(raw_node.stat));
	room = load();
	assert_true(room.kernel_known);
	assert_int_equal(room.zone[0].kernel, 320);
	assert_int_equal(room.zone[1].kernel, 0);
	ofl_room_free(&room);
	/* not counted before v4.20 */
	l->fact[OFL_F_NR_MISC_RECLAIMABLE].known = false;
	room = load();
	assert_true(room.kernel_known);
	assert_int_equal(room.zone[0].kernel, 300);
	ofl_room_free(&room);
	l->fact[OFL_F_PGDAT_STAT].value = 1 << 20;
	room = load();
	assert_true(room.known && !room.kernel_known);
	ofl_room_free(&room);
	l->fact[OFL_F_NR_SLAB_RECLAIMABLE].known = false;
	room = load();
	assert_true(room.known && !room.kernel_known);
	ofl_room_free(&room);
}

static void test_what_is_not_known(void **state)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_ZONE_STAT, OFL_F_ZONE_WATERMARK, OFL_F_ZONE_RESERVE,
		OFL_F_NR_FREE_PAGES, OFL_F_NR_INACTIVE_FILE,
		OFL_F_NR_ACTIVE_FILE, OFL_F_ZONE_MOVABLE,
	};
	struct ofl_room room;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		l->fact[needed[i]].known = false;
		room = load();
		assert_false(room.known);
		ofl_room_free(&room);
		l->fact[needed[i]].known = true;
	}
	l->fact[OFL_F_FREE_AREA_NR].known = false;
	room = load();
	assert_true(room.known && !room.blocks_known);
	assert_int_equal(ofl_room_blocks(&room, l, room.zone[0].zone, 1), -1);
	ofl_room_free(&room);
	/* swap only adds to the room that zones have */
	l->fact[OFL_F_NR_SWAP_PAGES].known = false;
	room = load();
	assert_true(room.known && !room.swap_known);
	ofl_room_free(&room);
	l->fact[OFL_F_NR_SWAP_PAGES].known = true;
	unreadable = true;
	room = load();
	assert_false(room.known);
	ofl_room_free(&room);
}

/* N_MEMORY goes with the last present page, not with what the zones span */
static void test_node_whose_memory_is_all_offline(void **state)
{
	struct ofl_zone zone[] = {
		{ .node = 0, .type = 2, .spanned_pages = 9,
		  .present_known = true, .present_pages = 9 },
		{ .node = 1, .type = 3, .spanned_pages = 9 },
	};
	struct ofl_zone_room rooms[] = {
		{ .zone = &zone[0], .free = 5 }, { .zone = &zone[1], .free = 70 },
	};
	const struct ofl_room room = { .zone = rooms, .nr = 2, .known = true };

	(void)state;
	/* not known: it may have */
	assert_true(ofl_room_elsewhere(&room, l, &zone[0]));
	assert_int_equal(ofl_room_for(&room, l, &zone[0], 0, 0, true), 70);
	zone[1].present_known = true;
	assert_false(ofl_room_elsewhere(&room, l, &zone[0]));
	assert_int_equal(ofl_room_for(&room, l, &zone[0], 0, 0, true), 5);
	zone[1].present_pages = 9;
	assert_true(ofl_room_elsewhere(&room, l, &zone[0]));
	/* ZONE_DEVICE has no present pages, and none of the allocator's */
	zone[1].present_known = false;
	zone[1].type = ZONE_MOVABLE + 1;
	assert_false(ofl_room_elsewhere(&room, l, &zone[0]));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, drop)
	const struct CMUnitTest tests[] = {
		CASE(test_counters),
		CASE(test_caches_of_the_kernel),
		CASE(test_what_is_not_known),
		CASE(test_node_whose_memory_is_all_offline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
