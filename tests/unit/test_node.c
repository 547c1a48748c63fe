// SPDX-License-Identifier: GPL-2.0-or-later
/* test_node.c - nodes, zones, and how page->flags names them */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "kernel.h"
#include "kernel/node.h"
#include "layout/load.h"

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout l;
static struct ofl_nodes n;
static struct ofl_err err;

static int set_up(void **state)
{
	(void)state;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	memset(&n, 0, sizeof(n));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_nodes_free(&n);
	ofl_nodes_free(&n);	/* twice is fine */
	texttarget_free(&tt);
	return 0;
}

static enum ofl_status load(void)
{
	kernel_layout(&k, &tt, &l);
	return ofl_nodes_load(&tt.target, &l, &n, &err);
}

static void test_numa(void **state)
{
	const struct ofl_zone *z;
	uint64_t flags;
	int node, type;

	(void)state;
	assert_int_equal(load(), OFL_OK);
	assert_int_equal(n.nr_zones, 2);
	assert_int_equal(n.node_bits, 1);
	assert_int_equal(n.zone_bits, 2);
	assert_int_equal(n.zone_shift, K_ZONE_SHIFT);
	for (node = 0; node < 2; node++)
		for (type = 0; type < K_ZONES; type++) {
			bool there = (node == 0 && type == 1) ||
				     (node == 1 && type == 2);

			/* flag bits below must not matter */
			flags = kernel_zone_bits(node, type) | 0xfffffff;
			z = ofl_zone_of(&n, flags);
			assert_int_equal(z != NULL, there);
			assert_int_equal(ofl_flags_are_device(&n, flags),
					 type == K_ZONES - 1);
			if (!z)
				continue;
			assert_int_equal(z->node, node);
			assert_int_equal(z->type, type);
			assert_string_equal(z->name, node ? "Movable" : "Normal");
			assert_int_equal(z->start_pfn, node ? 2048 : 0);
			assert_int_equal(z->spanned_pages, 2048);
		}
	assert_true(ofl_nodes_have(&n, 0));
	assert_true(ofl_nodes_have(&n, 1));
	assert_false(ofl_nodes_have(&n, 2));
	assert_false(ofl_nodes_have(&n, -1));
}

static void test_one_node_without_numa(void **state)
{
	const struct ofl_zone *z;

	(void)state;
	kernel_line(&k, "without symbol node_data");
	kernel_line(&k, "without array node_data");
	kernel_line(&k, "symbol contig_page_data %" PRIx64, K_PGDAT);
	assert_int_equal(load(), OFL_OK);
	assert_int_equal(n.nr_zones, 1);
	assert_int_equal(n.node_bits, 0);
	assert_int_equal(n.zone_shift, 62);
	z = ofl_zone_of(&n, 1ull << 62);
	assert_non_null(z);
	assert_int_equal(z->node, 0);
	assert_null(ofl_zone_of(&n, 2ull << 62));
}

/* the widths are those of x86-64 with NODES_SHIFT 10: shift 54 and 51 */
static void test_many_nodes(void **state)
{
	(void)state;
	kernel_line(&k, "array node_data 1024");
	kernel_line(&k, "mem %" PRIx64 " 0*1023 %" PRIx64, K_SYMBOL + 0x10000,
		    K_PGDAT + 0x10000);
	kernel_line(&k, "symbol node_data %" PRIx64, K_SYMBOL + 0x10000);
	kernel_line(&k, "enumerator __MAX_NR_ZONES 5");
	kernel_line(&k, "mem %" PRIx64 " 0*3 %" PRIx64,
		    K_PGDAT + 0x10400, K_SYMBOL + 0x200);
	assert_int_equal(load(), OFL_OK);
	assert_int_equal(n.node_shift, 54);
	assert_int_equal(n.zone_shift, 51);
	assert_int_equal(n.nr_zones, 1);
	assert_int_equal(n.zone[0].node, 1023);
	assert_ptr_equal(ofl_zone_of(&n, 1023ull << 54 | 2ull << 51), n.zone);
	assert_null(ofl_zone_of(&n, 1023ull << 54 | 1ull << 51));
	assert_null(ofl_zone_of(&n, 2ull << 51));
	assert_null(ofl_zone_of(&n, UINT64_MAX));
}

static void test_no_device_zone(void **state)
{
	(void)state;
	kernel_line(&k, "without enumerator ZONE_DEVICE");
	assert_int_equal(load(), OFL_OK);
	assert_false(ofl_flags_are_device(&n, UINT64_MAX));
}

static void check_failure(const char *line, enum ofl_status want,
			  const char *text)
{
	enum ofl_status st;

	kernel_line(&k, "%s", line);
	st = load();
	if (st != want || !strstr(err.text, text))
		fail_msg("%s: %d %s", line, st, err.text);
}

static void test_no_nodes(void **state)
{
	(void)state;
	check_failure("without symbol node_data", OFL_ERR_NODATA, "debuginfo");
}

static void test_unreadable_table(void **state)
{
	(void)state;
	check_failure("unreadable ffffffff82000108 8", OFL_ERR_UNREADABLE,
		      "node_data[]");
}

static void test_too_many_nodes(void **state)
{
	(void)state;
	check_failure("array node_data 1025", OFL_ERR_CORRUPT, "1025 nodes");
}

static void test_too_many_zones(void **state)
{
	(void)state;
	check_failure("enumerator __MAX_NR_ZONES 9", OFL_ERR_CORRUPT,
		      "9 zone types");
}

static void test_all_nodes_unreadable(void **state)
{
	(void)state;
	check_failure("unreadable ffff888003000000 20000", OFL_ERR_UNREADABLE,
		      "of 2 nodes");
}

static void test_one_node_unreadable(void **state)
{
	(void)state;
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_PGDAT + 0x10000);
	assert_int_equal(load(), OFL_OK);
	assert_int_equal(n.unreadable, 1);
	assert_int_equal(n.nr_zones, 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_numa), CASE(test_one_node_without_numa),
		CASE(test_many_nodes), CASE(test_no_device_zone),
		CASE(test_no_nodes), CASE(test_unreadable_table),
		CASE(test_too_many_nodes), CASE(test_too_many_zones),
		CASE(test_all_nodes_unreadable), CASE(test_one_node_unreadable),
	};

	return cmocka_run_group_tests_name("node", tests, NULL, NULL);
}
