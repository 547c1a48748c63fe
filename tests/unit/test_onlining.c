// SPDX-License-Identifier: GPL-2.0-or-later
/* test_onlining.c - which offline memory was never online, and the policy */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "kernel.h"
#include "kernel/onlining.h"
#include "layout/load.h"

#define POLICY	(K_SYMBOL + 0x15000)
#define GONE	(K_PRESENT | K_MEM_MAP)

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout l;
static struct ofl_never_online n;

static int set_up(void **unused)
{
	static const char *const line[] = {
		"enumerator MMOP_OFFLINE 0", "enumerator MMOP_ONLINE 1",
		"enumerator MMOP_ONLINE_KERNEL 2",
		"enumerator MMOP_ONLINE_MOVABLE 3",
	};
	size_t i;

	(void)unused;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_pageblocks(&k);
	for (i = 0; i < ARRAY_LEN(line); i++)
		kernel_line(&k, "%s", line[i]);
	return 0;
}

static int drop(void **unused)
{
	(void)unused;
	texttarget_free(&tt);
	return 0;
}

static void load(void)
{
	kernel_late(&k, &tt, &l);
}

/* an offline block of one section, with this in its word of pageblocks */
static void offline_block(uint64_t nr, uint64_t flags, uint64_t word)
{
	kernel_block(&k, nr, 2);
	kernel_section(&k, nr, flags, ~0ull);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64,
		    K_USAGE + nr * 0x1000 + 1024, word);
}

static void expect(uint64_t blocks, uint64_t first_nr, uint64_t untold)
{
	load();
	ofl_never_online(&tt.target, &l, 9, &n);
	assert_int_equal(n.blocks, blocks);
	assert_int_equal(n.first_nr, first_nr);
	assert_int_equal(n.untold, untold);
}

static void test_all_online(void **state)
{
	(void)state;
	expect(0, 0, 0);
}

/* section_activate(): words of zeros */
static void test_never_online(void **state)
{
	(void)state;
	offline_block(2, GONE, 0);
	offline_block(3, GONE, 0);
	expect(2, 2, 0);
}

/* what was online keeps the states of its pageblocks: MIGRATE_ISOLATE */
static void test_offlined(void **state)
{
	(void)state;
	offline_block(2, GONE, UINT64_C(0x5555555555555555));
	offline_block(3, GONE, 0);
	expect(1, 3, 0);
}

/* one pageblock is enough */
static void test_one_pageblock(void **state)
{
	(void)state;
	offline_block(2, GONE, UINT64_C(0x5000000000000000));
	expect(0, 0, 0);
}

static void test_boot_memory_was_online(void **state)
{
	(void)state;
	offline_block(2, GONE | K_EARLY, 0);
	expect(0, 0, 0);
}

static void test_not_in_the_dump(void **state)
{
	(void)state;
	offline_block(2, GONE, 0);
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_USAGE + 0x2000 + 1024);
	expect(0, 0, 1);
}

static void test_no_pageblocks(void **state)
{
	(void)state;
	offline_block(2, GONE, 0);
	kernel_line(&k, "without member mem_section_usage.pageblock_flags");
	expect(0, 0, 1);
}

/* a walk that does not come to its end has told of no block */
static void test_blocks_not_known(void **state)
{
	(void)state;
	offline_block(2, GONE, 0);
	load();
	l.fact[OFL_F_MEMORY_BLOCKS].known = false;
	ofl_never_online(&tt.target, &l, 9, &n);
	assert_int_equal(n.blocks, 0);
	assert_int_equal(n.untold, 9);
}

static const char *policy(const char *symbol, uint64_t value)
{
	const struct ofl_online_policy *p;

	if (symbol)
		kernel_line(&k, "symbol %s %" PRIx64, symbol, POLICY);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, POLICY, value);
	load();
	p = ofl_online_policy(&l);
	return p ? p->word : NULL;
}

static void test_policy(void **state)
{
	(void)state;
	assert_string_equal(policy("mhp_default_online_type", 3),
			    "online_movable");
}

static void test_policy_by_its_older_name(void **state)
{
	(void)state;
	assert_string_equal(policy("memhp_default_online_type", 0), "offline");
}

static void test_policy_not_asked_yet(void **state)
{
	(void)state;
	assert_null(policy("mhp_default_online_type", 0xffffffff));
	assert_int_equal(ofl_fact_value(&l, OFL_F_ONLINE_TYPE, 0), -1);
}

static void test_no_policy(void **state)
{
	(void)state;
	assert_null(policy(NULL, 1));
}

#define ZONES	(POLICY + 0x100)

/* -> has the kernel the parameter? @ret as far as the dump says */
static bool zones(const char *value, struct ofl_online_policy *ret)
{
	kernel_line(&k, "symbol online_policy %" PRIx64, ZONES);
	if (value)
		kernel_line(&k, "mem %" PRIx64 " %s", ZONES, value);
	load();
	return ofl_zone_policy(&l, ret);
}

static void policies(void)
{
	kernel_line(&k, "enumerator ONLINE_POLICY_CONTIG_ZONES 0");
	kernel_line(&k, "enumerator ONLINE_POLICY_AUTO_MOVABLE 1");
}

static void test_zone_policy(void **state)
{
	struct ofl_online_policy p;

	(void)state;
	policies();
	assert_true(zones("1", &p));
	assert_string_equal(p.word, "auto-movable");
}

static void test_zone_policy_as_ever(void **state)
{
	struct ofl_online_policy p;

	(void)state;
	policies();
	assert_true(zones("0", &p));
	assert_string_equal(p.word, "contig-zones");
}

/* not in the dump, a word that is not known, no enumerators: said, not dropped */
static void test_zone_policy_not_known(void **state)
{
	struct ofl_online_policy p;

	policies();
	assert_true(zones(NULL, &p));
	assert_null(p.word);
	assert_non_null(strstr(p.text, "cannot be read"));
	drop(state);
	set_up(state);
	policies();
	assert_true(zones("2", &p));
	assert_null(p.word);
	drop(state);
	set_up(state);
	assert_true(zones("0", &p));
	assert_null(p.word);
}

static void test_no_zone_policy(void **state)
{
	struct ofl_online_policy p;

	(void)state;
	load();
	assert_false(ofl_zone_policy(&l, &p));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_all_online), CASE(test_never_online),
		CASE(test_offlined), CASE(test_one_pageblock),
		CASE(test_boot_memory_was_online), CASE(test_not_in_the_dump),
		CASE(test_no_pageblocks), CASE(test_blocks_not_known), CASE(test_policy),
		CASE(test_policy_by_its_older_name),
		CASE(test_policy_not_asked_yet), CASE(test_no_policy),
		CASE(test_zone_policy), CASE(test_zone_policy_as_ever),
		CASE(test_zone_policy_not_known), CASE(test_no_zone_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
