// SPDX-License-Identifier: GPL-2.0-or-later
/* test_block.c - the index of memory blocks and their bus, sound and hostile */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/block.h"
#include "kernel/bus.h"
#include "layout/load.h"
#include "kernel.h"

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout l;
static struct ofl_err err;
static struct ofl_block seen[64];
static size_t nr_seen;
static uint64_t lost;
static uint64_t lost_nr[64];	/* those of them whose number is known */
static size_t nr_lost;

static int set_up(void **state)
{
	(void)state;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	nr_seen = 0;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

static void load(void)
{
	kernel_layout(&k, &tt, &l);
}

static enum ofl_status see(void *arg, const struct ofl_block *b)
{
	(void)arg;
	if (b->lost) {
		if (nr_lost < ARRAY_LEN(lost_nr))
			lost_nr[nr_lost] = b->nr;
		nr_lost++;
		return OFL_OK;
	}
	if (nr_seen < ARRAY_LEN(seen))
		seen[nr_seen] = *b;
	nr_seen++;
	return OFL_OK;
}

static enum ofl_status walk(void)
{
	nr_seen = nr_lost = 0;
	return ofl_blocks_walk(&tt.target, &l, see, NULL, &lost);
}

static void test_walk(void **state)
{
	size_t i;

	(void)state;
	kernel_block(&k, 63, 2);
	kernel_block(&k, 1, 1);
	kernel_block(&k, 2, 7);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 5);
	assert_int_equal(lost, 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(seen[i].nr, i);
		assert_int_equal(seen[i].start_section_nr, i);
		assert_true(seen[i].kva == K_BLOCK + i * 0x100);
	}
	assert_int_equal(seen[4].nr, 63);
	assert_int_equal(seen[0].state, OFL_BLOCK_ONLINE);
	assert_int_equal(seen[1].state, OFL_BLOCK_GOING_OFFLINE);
	assert_int_equal(seen[2].state, OFL_BLOCK_OTHER);
	assert_int_equal(seen[2].raw_state, 7);
	assert_int_equal(seen[4].state, OFL_BLOCK_OFFLINE);
}

/* the narrow state shares its word with whatever follows it */
static void test_state_is_four_bytes(void **state)
{
	(void)state;
	kernel_block(&k, 0, 0xdead00000002);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(seen[0].state, OFL_BLOCK_OFFLINE);
}

static void test_state_is_a_long_with_other_numbers(void **state)
{
	(void)state;
	kernel_line(&k, "member memory_block.state 8 8");
	kernel_line(&k, "without enumerator MEM_ONLINE");
	kernel_line(&k, "without enumerator MEM_GOING_OFFLINE");
	kernel_line(&k, "without enumerator MEM_OFFLINE");
	kernel_block(&k, 0, 1);
	kernel_block(&k, 1, 2);
	kernel_block(&k, 2, 4);
	kernel_block(&k, 3, 0x100000001);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(seen[0].state, OFL_BLOCK_ONLINE);
	assert_int_equal(seen[1].state, OFL_BLOCK_GOING_OFFLINE);
	assert_int_equal(seen[2].state, OFL_BLOCK_OFFLINE);
	assert_int_equal(seen[3].state, OFL_BLOCK_OTHER);
}

static void test_single_entry(void **state)
{
	(void)state;
	/* an xarray with index 0 only has no node */
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL + 0x38, K_BLOCK);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 1);
}

static void test_empty(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0", K_SYMBOL + 0x38);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen + lost, 0);
}

/* a node that is its own child in every slot: 64^11 visits if nobody stops */
static void test_loop(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 "*64", K_XA + 40, K_XA + 2);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_true(lost > 0);
	assert_true(tt.reads < 100000);
}

static void test_wild_slots(void **state)
{
	(void)state;
	/* a node nowhere, a block nowhere, an internal entry, a value entry */
	kernel_block(&k, 4, 0);
	kernel_line(&k, "mem %" PRIx64 " dead000000000002 dead000000000000 "
		    "102 7", K_XA + 40);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 1);
	assert_int_equal(lost, 2);
	assert_int_equal(nr_lost, 1);	/* the other is a node: of how many? */
	assert_int_equal(lost_nr[0], 1);
}

static void test_impossible_section(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff 0", K_BLOCK);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 3);
	assert_int_equal(lost, 1);
	assert_int_equal(nr_lost, 1);
	assert_int_equal(lost_nr[0], 0);
}

/* a place in the index that no block of this machine can have */
static void test_lost_beyond_all(void **state)
{
	(void)state;
	load();
	l.nr_sections = 2;
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 2);
	assert_int_equal(lost, 2);
	assert_int_equal(nr_lost, 0);
}

/* a block has the number of its place in the index, whatever leads there */
static void test_wrong_place(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, K_XA + 40,
		    K_BLOCK + UINT64_C(0x100), K_XA + UINT64_C(2));
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 2);
	assert_int_equal(seen[0].nr, 2);
	assert_true(lost > 1);
}

static void test_unreadable_head(void **state)
{
	(void)state;
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_SYMBOL + 0x38);
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(lost, 1);
}

static void test_oversized_slots(void **state)
{
	(void)state;
	kernel_line(&k, "member xa_node.slots 40 5120");
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(lost, 1);
	assert_int_equal(nr_seen, 0);
}

static void test_not_known(void **state)
{
	struct ofl_block_totals totals;

	(void)state;
	kernel_line(&k, "without symbol memory_blocks");
	load();
	assert_false(ofl_blocks_known(&l));
	assert_int_equal(walk(), OFL_ERR_NODATA);
	ofl_blocks_count(&tt.target, &l, 0, UINT64_MAX, &totals);
	assert_false(totals.known);
}

static void test_cross_check(void **state)
{
	struct ofl_block_totals totals;

	(void)state;
	kernel_block(&k, 1, 2);			/* offline; its section is not */
	kernel_block(&k, 2, 1);			/* going: either is right */
	kernel_section(&k, 3, K_PRESENT | K_MEM_MAP, ~0ull); /* block online */
	kernel_block(&k, 5, 2);			/* offline, no section: right */
	load();
	ofl_blocks_count(&tt.target, &l, 0, UINT64_MAX, &totals);
	assert_true(totals.known);
	assert_int_equal(totals.state[OFL_BLOCK_ONLINE], 2);
	assert_int_equal(totals.state[OFL_BLOCK_OFFLINE], 2);
	assert_int_equal(totals.state[OFL_BLOCK_GOING_OFFLINE], 1);
	assert_int_equal(totals.disagree, 2);
	assert_int_equal(totals.first_disagree_nr, 1);
	assert_int_equal(totals.missing, 0);
}

static void test_missing_section(void **state)
{
	uint64_t pages = kernel_section_pages(&k);
	struct ofl_block_totals totals;

	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0 0", K_ROOT + 2 * UINT64_C(16));
	load();
	ofl_blocks_count(&tt.target, &l, 0, UINT64_MAX, &totals);
	assert_int_equal(totals.missing, 1);
	assert_int_equal(totals.disagree, 1);
	assert_int_equal(totals.first_disagree_nr, 2);
	ofl_blocks_count(&tt.target, &l, 0, 2 * pages, &totals);
	assert_int_equal(totals.missing, 0);
	assert_int_equal(totals.state[OFL_BLOCK_ONLINE], 4);
}

/* the index has lost a part of its blocks, and nothing else says so */
static void test_missing_block(void **state)
{
	uint64_t pages = kernel_section_pages(&k);
	struct ofl_block_totals totals;

	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0", K_XA + 40 + 1 * UINT64_C(8));
	kernel_line(&k, "mem %" PRIx64 " 0", K_XA + 40 + 3 * UINT64_C(8));
	load();
	ofl_blocks_count(&tt.target, &l, 0, UINT64_MAX, &totals);
	assert_int_equal(totals.lost, 0);
	assert_int_equal(totals.online_sections, 2);
	ofl_blocks_count(&tt.target, &l, 2 * pages, UINT64_MAX, &totals);
	assert_int_equal(totals.online_sections, 1);
	ofl_blocks_count(&tt.target, &l, 3 * pages, 4 * pages, &totals);
	assert_int_equal(totals.online_sections, 0);
}

/* a node without any entry is freed: xas_delete_node() */
static void test_node_of_zeros(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0*64", K_XA + UINT64_C(40));
	load();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(lost, 1);
	assert_int_equal(nr_seen, 0);
}

/* ---- blocks as devices of a bus ---- */

#define BUS	UINT64_C(0xffff888006000000)
#define HEAD	(BUS + 0x100 + 168)
#define PRIV(i)	(BUS + 0x1000 + (uint64_t)(i) * 0x200)
#define NODE(i)	(PRIV(i) + 112)
#define NAME(i)	(BUS + 0x8000 + (uint64_t)(i) * 0x20)

static void bus_members(void)
{
	static const char *const line[] = {
		"member kset.list 0 16", "member kset.kobj 24 64",
		"member kobject.name 0 8", "member kobject.entry 8 16",
		"member subsys_private.klist_devices 160 40",
		"member klist.k_list 8 16", "member klist_node.n_node 8 16",
		"member device_private.knode_bus 104 32",
		"member device_private.device 200 8",
		"member device.kobj 0 64", "member memory_block.dev 32 744",
		/* what the other late facts want */
		"member page.private 40 8", "member page.lru 8 16",
		"member page.mapping 24 8", "enumerator ZONE_MOVABLE 2",
		"enumerator PGTY_buddy 240",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(line); i++)
		kernel_line(&k, "%s", line[i]);
}

/* the bus "memory", with these of the small kernel's blocks in this order */
static void bus(const uint64_t *nr, size_t n)
{
	uint64_t node = HEAD;
	size_t i;

	bus_members();
	kernel_line(&k, "symbol bus_kset %" PRIx64, BUS);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BUS, BUS + 8);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0", BUS + 8,
		    BUS + 0x100 + 32);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64,
		    BUS + 0x100 + 24, NAME(100), BUS + 8);
	kernel_line(&k, "text %" PRIx64 " memory", NAME(100));
	for (i = 0; i < n; i++) {
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64, node, NODE(i));
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64, PRIV(i) + 200,
			    K_BLOCK + nr[i] * 0x100 + 32);
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64,
			    K_BLOCK + nr[i] * 0x100 + 32, NAME(i));
		kernel_line(&k, "text %" PRIx64 " memory%" PRIu64, NAME(i),
			    nr[i]);
		node = NODE(i);
	}
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, node, HEAD);
}

static void load_late(void)
{
	load();
	if (ofl_layout_load_late(&tt.target, &l, &err))
		fail_msg("%s", err.text);
}

static const uint64_t all[] = { 0, 3, 1, 2 };	/* 3 was plugged first */

static void test_bus_alone(void **state)
{
	size_t i;

	(void)state;
	bus(all, 4);
	kernel_block(&k, 1, 2);
	kernel_line(&k, "without symbol memory_blocks");
	load_late();
	assert_true(ofl_blocks_known(&l));
	assert_false(ofl_blocks_indexed(&l));
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_int_equal(lost, 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(seen[i].nr, i);
		assert_true(seen[i].kva == K_BLOCK + i * 0x100);
	}
	assert_int_equal(seen[1].state, OFL_BLOCK_OFFLINE);
}

/* memblk_nr_poison_inc(): a counter of the block; the last one is not in the dump */
static void test_poisoned(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "member memory_block.nr_hwpoison 96 8");
	kernel_line(&k, "mem %" PRIx64 " 2", K_BLOCK + 0x100 + 96);
	kernel_line(&k, "mem %" PRIx64 " 0", K_BLOCK + 0x200 + 96);
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_BLOCK + 0x300 + 96);
	load_late();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(seen[1].poisoned, 2);
	assert_false(seen[1].poison_unread);
	assert_int_equal(seen[2].poisoned, 0);
	assert_false(seen[2].poison_unread);
	assert_true(seen[3].poison_unread);
	assert_false(seen[3].unread);
}

/* without an index nothing hides what the bus does not give */
static void lose_on_bus(size_t expect_seen, uint64_t expect_lost)
{
	kernel_line(&k, "without symbol memory_blocks");
	load_late();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, expect_seen);
	assert_int_equal(lost, expect_lost);
}

static void test_bus_breaks_off(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "unreadable %" PRIx64 " 8", NODE(1));
	lose_on_bus(2, 1);
}

static void test_bus_loops(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, NODE(3), NODE(2));
	kernel_line(&k, "without symbol memory_blocks");
	load_late();
	assert_int_equal(walk(), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_true(lost > 0);
}

#define MANY		70000ull
#define MANY_AT		UINT64_C(0xffff88a000000000)
#define MANY_NODE(i)	(MANY_AT + (i) * 0x200 + 112)

/* a bus with more devices than a text can have */
static enum ofl_read read_many(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	uint64_t i = (kva - MANY_AT) / 0x200, word = 0;

	if (kva < MANY_AT || i >= MANY)
		return tt.target.memory->read(ctx, kva, buf, bytes);
	if (kva == MANY_NODE(i))
		word = i + 1 < MANY ? MANY_NODE(i + 1) : HEAD;
	else if (kva == MANY_AT + i * 0x200 + 200)
		word = K_BLOCK + 32;
	memcpy(buf, &word, bytes);
	return OFL_READ_OK;
}

static enum ofl_status count_device(void *arg, const struct ofl_bus_device *d)
{
	(void)d;
	++*(uint64_t *)arg;
	return OFL_OK;
}

static void test_bus_with_many(void **state)
{
	struct ofl_memory_ops ops;
	struct ofl_target t;
	uint64_t nr = 0;

	(void)state;
	bus(all, 1);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, HEAD, (uint64_t)MANY_NODE(0));
	load_late();
	ops = *tt.target.memory;
	ops.read = read_many;
	t = tt.target;
	t.memory = &ops;
	assert_int_equal(ofl_bus_walk(&t, &l, "memory", count_device, &nr), OFL_BUS_WHOLE);
	assert_int_equal(nr, MANY);
}

/* the name of a device and its section say the same number */
static void test_bus_names(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "text %" PRIx64 " memory7", NAME(0));
	kernel_line(&k, "text %" PRIx64 " memory", NAME(1));
	kernel_line(&k, "text %" PRIx64 " memory1x", NAME(2));
	lose_on_bus(1, 3);
	assert_int_equal(nr_lost, 1);
	assert_int_equal(lost_nr[0], 7);
}

/* of one that cannot be read the name may be wrong: the other is that block */
static void test_bus_names_one_twice(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "text %" PRIx64 " memory2", NAME(0));
	lose_on_bus(3, 1);
	assert_int_equal(nr_lost, 0);
	assert_int_equal(seen[1].nr, 2);
}

/* owners and counts of states get what can be read, verdicts get all */
static void test_lost_are_kept_apart(void **state)
{
	struct ofl_blocks blocks;
	size_t i;

	(void)state;
	kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff 0",
		    K_BLOCK + UINT64_C(0x100));
	load();
	assert_int_equal(ofl_blocks_load(&tt.target, &l, &blocks, &err), OFL_OK);
	assert_int_equal(blocks.lost, 1);
	assert_int_equal(blocks.nr, 3);
	for (i = 0; i < blocks.nr; i++)
		assert_false(blocks.block[i].lost);
	assert_int_equal(blocks.nr_every, 4);
	for (i = 0; i < blocks.nr_every; i++) {
		assert_int_equal(blocks.every[i].nr, i);
		assert_true(blocks.every[i].lost == (i == 1));
	}
	assert_null(ofl_blocks_find(&blocks, 1));
	ofl_blocks_free(&blocks);
}

static void test_no_bus(void **state)
{
	struct ofl_block_totals totals;

	(void)state;
	bus(all, 4);
	kernel_line(&k, "text %" PRIx64 " virtio", NAME(100));
	kernel_line(&k, "without symbol memory_blocks");
	load_late();
	assert_int_equal(walk(), OFL_ERR_NODATA);
	ofl_blocks_count(&tt.target, &l, 0, UINT64_MAX, &totals);
	assert_false(totals.known);
	assert_int_equal(totals.lost, 0);
}

static bool alone;

static enum ofl_status load_both(void)
{
	struct ofl_blocks blocks;
	enum ofl_status st;

	load_late();
	st = ofl_blocks_load(&tt.target, &l, &blocks, &err);
	nr_seen = blocks.nr;
	alone = blocks.alone;
	ofl_blocks_free(&blocks);
	return st;
}

static void test_both_agree(void **state)
{
	(void)state;
	bus(all, 4);
	assert_int_equal(load_both(), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_false(alone);
}

static void test_index_lacks_one(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "mem %" PRIx64 " 0", K_XA + 40 + 16);
	assert_int_equal(load_both(), OFL_ERR_CONFLICT);
	assert_string_equal(err.text, "memory blocks: the bus \"memory\" has memory2 at 0xffff888005000200, the index memory_blocks has not");
}

static void test_bus_lacks_one(void **state)
{
	(void)state;
	bus(all, 3);
	assert_int_equal(load_both(), OFL_ERR_CONFLICT);
	assert_string_equal(err.text, "memory blocks: the index memory_blocks has memory2 at 0xffff888005000200, the bus \"memory\" has not");
}

/* the same number, and another struct */
static void test_both_have_their_own(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_XA + 40 + 16,
		    K_BLOCK + UINT64_C(0x800));
	kernel_line(&k, "mem %" PRIx64 " 2 0", K_BLOCK + UINT64_C(0x800));
	assert_int_equal(load_both(), OFL_ERR_CONFLICT);
	assert_non_null(strstr(err.text, "memory2"));
}

/* a dump without the bus: the index stands alone */
static void test_index_stands_alone(void **state)
{
	(void)state;
	bus(all, 2);
	kernel_line(&k, "unreadable %" PRIx64 " 8", NODE(1));
	assert_int_equal(load_both(), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_true(alone);
}

/* nor without the symbol of buses */
static void test_index_without_bus(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "without symbol bus_kset");
	assert_int_equal(load_both(), OFL_OK);
	assert_true(alone);
}

/* without an index there is nothing to compare */
static void test_bus_stands_alone(void **state)
{
	(void)state;
	bus(all, 4);
	kernel_line(&k, "without symbol memory_blocks");
	assert_int_equal(load_both(), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_false(alone);
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(ofl_block_state_text(OFL_BLOCK_ONLINE), "online");
	assert_string_equal(ofl_block_state_text(OFL_BLOCK_GOING_OFFLINE),
			    "going-offline");
	assert_string_equal(ofl_block_state_text(OFL_BLOCK_OFFLINE), "offline");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_walk), CASE(test_state_is_four_bytes),
		CASE(test_state_is_a_long_with_other_numbers),
		CASE(test_single_entry), CASE(test_empty), CASE(test_loop),
		CASE(test_wild_slots), CASE(test_impossible_section),
		CASE(test_lost_beyond_all), CASE(test_lost_are_kept_apart),
		CASE(test_bus_names_one_twice),
		CASE(test_unreadable_head), CASE(test_oversized_slots),
		CASE(test_not_known), CASE(test_cross_check),
		CASE(test_missing_section), CASE(test_missing_block),
		CASE(test_node_of_zeros), CASE(test_wrong_place),
		CASE(test_bus_alone), CASE(test_bus_breaks_off),
		CASE(test_poisoned),
		CASE(test_bus_loops), CASE(test_bus_names), CASE(test_no_bus),
		CASE(test_both_agree), CASE(test_index_lacks_one),
		CASE(test_bus_lacks_one), CASE(test_both_have_their_own),
		CASE(test_index_stands_alone),
		CASE(test_index_without_bus), CASE(test_bus_stands_alone), CASE(test_bus_with_many),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
