// SPDX-License-Identifier: GPL-2.0-or-later
/* test_pageblock.c - states of pageblocks, in either order of their bits */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "kernel.h"
#include "kernel/pageblock.h"
#include "layout/load.h"

#define ORDER	6	/* 16 pageblocks in a section of 1024 pages: a word */
#define CMA	4
#define ISOLATE	5
#define WORDS	(K_USAGE + UINT64_C(0x100000))	/* of kernels before v5.3 */

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout l;
static struct ofl_err err;
static struct ofl_pageblocks pb;
static enum ofl_pageblock state[16];
static unsigned int may_move;	/* a bit each */

static int set_up(void **unused)
{
	(void)unused;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_pageblocks(&k);
	return 0;
}

static int drop(void **unused)
{
	(void)unused;
	texttarget_free(&tt);
	return 0;
}

/* as kernels since v5.9 keep it: the first in the low bits */
static uint64_t from_low(unsigned int odd_at, unsigned int odd)
{
	uint64_t word = UINT64_C(0x1111111111111111);

	word &= ~(UINT64_C(0xf) << 4 * odd_at);
	return word | (uint64_t)odd << 4 * odd_at;
}

/* as kernels before did: the first at the top, its type above a bit to skip */
static uint64_t from_top(unsigned int odd_at, unsigned int odd)
{
	uint64_t word = UINT64_C(0x2222222222222222);
	unsigned int at = 4 * (15 - odd_at);

	word &= ~(UINT64_C(0xf) << at);
	return word | (uint64_t)odd << 1 << at;
}

static void usage_words(uint64_t nr, uint64_t word)
{
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64,
		    K_USAGE + nr * 0x1000 + 1024, word);
}

static enum ofl_status ask(void *unused, const struct ofl_section *s)
{
	unsigned int i;

	(void)unused;
	ofl_pageblocks_enter(&pb, s);
	may_move = 0;
	for (i = 0; i < 16; i++) {
		state[i] = ofl_pageblock_of(&pb, s, s->start_pfn + (i << ORDER) + 5);
		may_move |= (unsigned int)ofl_pageblock_may_move(&pb, s,
					s->start_pfn + (i << ORDER) + 5) << i;
	}
	return OFL_OK;
}

/* the states of section @nr */
static void look(uint64_t nr)
{
	struct ofl_section_stats stats;

	kernel_late(&k, &tt, &l);
	ofl_pageblocks_init(&pb, &tt.target, &l);
	ofl_section_walk(&tt.target, &l, nr * l.section_pages,
			 (nr + 1) * l.section_pages, ask, NULL, &stats);
}

static void expect(unsigned int odd_at, enum ofl_pageblock odd)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		if (state[i] != (i == odd_at ? odd : OFL_PB_USUAL))
			fail_msg("pageblock %u is %u", i, state[i]);
}

static void test_low(void **unused)
{
	(void)unused;
	kernel_line(&k, "member memory_block.zone 24 8");
	usage_words(1, from_low(3, CMA));
	look(1);
	assert_int_equal(pb.order, OFL_PB_FROM_LOW);
	expect(3, OFL_PB_CMA);
	assert_int_equal(may_move, 0xfff7);
}

/* before v5.3: a pointer in mem_section, and from the top */
static void test_pointer(void **unused)
{
	(void)unused;
	kernel_line(&k, "without member mem_section.usage");
	kernel_line(&k, "without member mem_section_usage.subsection_map");
	kernel_line(&k, "without member mem_section_usage.pageblock_flags");
	kernel_line(&k, "member mem_section.pageblock_flags 8 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_ROOT + 2 * 16 + 8, WORDS);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, WORDS, from_top(3, ISOLATE));
	look(2);
	assert_int_equal(pb.order, OFL_PB_FROM_TOP);
	expect(3, OFL_PB_ISOLATED);
}

/* v5.3 to v5.17: most pageblocks of a kernel are movable, in one of the orders */
static void test_vote_for_low(void **unused)
{
	uint64_t nr;

	(void)unused;
	for (nr = 0; nr < 4; nr++)
		usage_words(nr, from_low(3, CMA));
	look(0);
	assert_int_equal(pb.order, OFL_PB_FROM_LOW);
	expect(3, OFL_PB_CMA);
}

/* that takes two reads of each section, once */
static void test_votes_are_counted_once(void **unused)
{
	uint64_t nr;

	(void)unused;
	for (nr = 0; nr < 4; nr++)
		usage_words(nr, from_low(3, CMA));
	look(0);
	tt.reads = 0;
	ofl_pageblocks_find_end(&tt.target, &l);
	assert_true(tt.reads >= 4);
	tt.reads = 0;
	ofl_pageblocks_init(&pb, &tt.target, &l);
	assert_int_equal(tt.reads, 0);
	assert_int_equal(pb.order, OFL_PB_FROM_LOW);
}

static void test_vote_for_top(void **unused)
{
	uint64_t nr;

	(void)unused;
	for (nr = 0; nr < 4; nr++)
		usage_words(nr, from_top(14, CMA));
	look(3);
	assert_int_equal(pb.order, OFL_PB_FROM_TOP);
	expect(14, OFL_PB_CMA);
}

/* nobody knows: every state is unknown, none is usual */
static void test_no_majority(void **unused)
{
	(void)unused;
	usage_words(0, from_low(3, CMA));
	usage_words(1, from_top(3, CMA));
	usage_words(2, 0);
	usage_words(3, 0);
	look(0);
	assert_int_equal(pb.order, OFL_PB_FROM_NOWHERE);
	assert_int_equal(state[0], OFL_PB_UNKNOWN);
	assert_int_equal(may_move, 0xffff);
}

static void test_unreadable(void **unused)
{
	(void)unused;
	kernel_line(&k, "member memory_block.zone 24 8");
	usage_words(1, from_low(3, CMA));
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_USAGE + UINT64_C(0x1000) + 1024);
	look(1);
	assert_int_equal(state[0], OFL_PB_UNKNOWN);
}

static void test_isolation_of_its_own(void **unused)
{
	(void)unused;
	kernel_line(&k, "enumerator PB_migrate_isolate 7");
	kernel_line(&k, "without enumerator NR_PAGEBLOCK_BITS");
	kernel_line(&k, "mem %" PRIx64 " 0101010101018101 0101010104010101",
		    K_USAGE + UINT64_C(0x1000) + 1024);
	look(1);
	assert_int_equal(state[0], OFL_PB_USUAL);
	assert_int_equal(state[1], OFL_PB_ISOLATED);
	assert_int_equal(state[11], OFL_PB_CMA);
}

/* four sections, with as many bytes between the usage of two of them */
static int64_t order_of_all(uint64_t apart, uint64_t flags, const char *more)
{
	uint64_t nr, usage;

	for (nr = 0; nr < 4; nr++) {
		usage = K_USAGE + nr * apart;
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64,
			    K_ROOT + nr * 16, K_VMEMMAP | flags, usage);
		kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff*32", usage + 16);
	}
	kernel_line(&k, "%s", more);
	kernel_load(&k, &tt);
	if (ofl_layout_load(&tt.target, &l, &err) ||
	    ofl_layout_load_late(&tt.target, &l, &err) ||
	    ofl_section_find_vmemmap(&tt.target, &l, &err))
		fail_msg("%s", err.text);
	ofl_pageblocks_find_order(&l);
	return ofl_fact_value(&l, OFL_F_PAGEBLOCK_ORDER, -1);
}

/* of the boot */
static int64_t order_of(uint64_t apart, const char *more)
{
	return order_of_all(apart, K_LIVE | K_EARLY, more);
}

/* what came later was allocated for each section: neighbours are so by chance */
static void test_order_of_added_memory(void **unused)
{
	(void)unused;
	assert_int_equal(order_of_all(1024 + 16, K_LIVE,
				      "without host pageblock_order"), -1);
}

/* 32 pageblocks of 4 bits are 16 bytes: no other order has as many */
static void test_order_by_words(void **unused)
{
	(void)unused;
	assert_int_equal(order_of(1024 + 16, "without host pageblock_order"), 5);
	assert_string_equal(l.fact[OFL_F_PAGEBLOCK_ORDER].source,
			    "16 bytes of words a section");
}

/* a kernel without huge pages has another than its architecture has with them */
static void test_order_of_the_host(void **unused)
{
	(void)unused;
	assert_int_equal(order_of(1024 + 32, ""), 4);
}

static void test_order_of_a_variable(void **unused)
{
	(void)unused;
	kernel_line(&k, "symbol pageblock_order %" PRIx64, WORDS);
	kernel_line(&k, "mem %" PRIx64 " 6", WORDS);
	assert_int_equal(order_of(1024 + 16, ""), 6);
}

/* a word is what several orders need, and 24 bytes none */
static void test_no_order_by_words(void **unused)
{
	(void)unused;
	assert_int_equal(order_of(1024 + 8, "without host pageblock_order"), -1);
	drop(NULL);
	set_up(NULL);
	assert_int_equal(order_of(1024 + 24, "without host pageblock_order"), -1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_low), CASE(test_pointer), CASE(test_votes_are_counted_once),
		CASE(test_low), CASE(test_pointer), CASE(test_vote_for_low),
		CASE(test_vote_for_top), CASE(test_no_majority),
		CASE(test_unreadable), CASE(test_isolation_of_its_own),
		CASE(test_order_by_words), CASE(test_order_of_the_host),
		CASE(test_order_of_added_memory),
		CASE(test_order_of_a_variable), CASE(test_no_order_by_words),
	};

	return cmocka_run_group_tests_name("pageblock", tests, NULL, NULL);
}
