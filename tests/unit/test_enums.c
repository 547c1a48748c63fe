// SPDX-License-Identifier: GPL-2.0-or-later
/* test_enums.c - enumerators from BTF, or no answer */
#include "unit.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "layout/enums.h"

static struct btf *btf;
static struct ofl_enums *enums;
static int fd;
static int64_t value;

static int set_up(void **state)
{
	(void)state;
	btf = btf__new_empty();
	enums = NULL;
	value = 4711;
	fd = memfd_create("btf", MFD_CLOEXEC);
	assert_true(btf && fd >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ofl_enums_close(enums);
	btf__free(btf);
	close(fd);
	return 0;
}

static void add(const char *name, int64_t v)
{
	assert_int_equal(btf__add_enum_value(btf, name, v), 0);
}

/* write what was built, and open that */
static void open_it(void)
{
	const void *raw;
	char path[32];
	uint32_t bytes;

	raw = btf__raw_data(btf, &bytes);
	assert_non_null(raw);
	assert_int_equal(pwrite(fd, raw, bytes, 0), bytes);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	enums = ofl_enums_open(path);
}

static void check(const char *name, enum ofl_enum_found found, int64_t v)
{
	assert_int_equal(ofl_enums_find(enums, name, &value), found);
	assert_int_equal(value, found == OFL_ENUM_FOUND ? v : 4711);
	value = 4711;
}

static void test_found(void **state)
{
	(void)state;
	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_enum(btf, "zone_type", 4);
	add("ZONE_NORMAL", 2);
	add("ZONE_MOVABLE", 3);
	btf__add_struct(btf, "page", 64);
	btf__add_enum(btf, NULL, 4);	/* without a name of its own */
	add("SECTION_MAP_LAST_BIT", 5);
	btf__add_enum64(btf, "large", 8, false);
	assert_int_equal(btf__add_enum64_value(btf, "LARGE", 0x123456789abll), 0);
	open_it();
	check("ZONE_NORMAL", OFL_ENUM_FOUND, 2);
	check("ZONE_MOVABLE", OFL_ENUM_FOUND, 3);
	check("SECTION_MAP_LAST_BIT", OFL_ENUM_FOUND, 5);
	check("LARGE", OFL_ENUM_FOUND, 0x123456789abll);
	check("ZONE_MOV", OFL_ENUM_ABSENT, 0);
	check("zone_type", OFL_ENUM_ABSENT, 0);
	check("page", OFL_ENUM_ABSENT, 0);
}

static void test_signed(void **state)
{
	(void)state;
	btf__add_enum(btf, "state", 4);
	add("MINUS", -3);
	open_it();
	check("MINUS", OFL_ENUM_FOUND, -3);
}

/* the flag is older pahole's to leave out: -3 may be 0xfffffffd */
static void test_sign_not_told(void **state)
{
	struct btf_type *t;

	(void)state;
	btf__add_enum(btf, "state", 4);
	add("MINUS", -3);
	add("PLUS", 3);
	t = (struct btf_type *)btf__type_by_id(btf, 1);
	t->info &= ~(1u << 31);
	open_it();
	check("MINUS", OFL_ENUM_UNKNOWN, 0);
	check("PLUS", OFL_ENUM_FOUND, 3);
}

static void test_several(void **state)
{
	(void)state;
	btf__add_enum(btf, "one", 4);
	add("SAME", 7);
	add("OTHER", 1);
	btf__add_enum(btf, "two", 4);
	add("SAME", 7);
	add("OTHER", 2);
	open_it();
	check("SAME", OFL_ENUM_FOUND, 7);
	check("OTHER", OFL_ENUM_UNKNOWN, 0);
}

static void test_no_btf(void **state)
{
	(void)state;
	enums = ofl_enums_open("/nowhere");
	assert_null(enums);
	check("ANY", OFL_ENUM_UNKNOWN, 0);
	enums = ofl_enums_open("/dev/null");
	assert_null(enums);
}

/* types, but no enum at all: that is no kernel's BTF */
static void test_no_enums(void **state)
{
	(void)state;
	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	open_it();
	check("ANY", OFL_ENUM_UNKNOWN, 0);
}

static void test_no_memory(void **state)
{
	(void)state;
	btf__add_enum(btf, "one", 4);
	add("SAME", 7);
	/* of ours there is one; libbpf's own are not made to fail */
	alloc_fail_from_now(1);
	open_it();
	assert_int_equal(alloc_stop(), 1);
	assert_null(enums);
	check("SAME", OFL_ENUM_UNKNOWN, 0);
	open_it();
	check("SAME", OFL_ENUM_FOUND, 7);
}

/* ---- structs ---- */

static void add_struct(const char *name, uint32_t bytes, uint32_t bit)
{
	assert_true(btf__add_struct(btf, name, bytes) > 0);
	assert_int_equal(btf__add_field(btf, "x", 1, bit, 0), 0);
}

static void test_structs(void **state)
{
	struct ofl_member m = { 0, 0 };
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(btf__add_int(btf, "unsigned int", 4, 0), 1);
	add_struct("one", 24, 64);
	add_struct("twice", 16, 32);
	add_struct("twice", 16, 32);
	add_struct("differ", 16, 32);
	add_struct("differ", 24, 64);
	open_it();
	assert_int_equal(ofl_enums_struct(enums, "one", &bytes), OFL_ENUM_FOUND);
	assert_int_equal(bytes, 24);
	assert_int_equal(ofl_enums_member(enums, "one", "x", &m), OFL_ENUM_FOUND);
	assert_int_equal(m.offset_bytes, 8);
	assert_int_equal(m.size_bytes, 4);
	assert_int_equal(ofl_enums_member(enums, "twice", "x", &m),
			 OFL_ENUM_FOUND);
	assert_int_equal(m.offset_bytes, 4);
	/* several that differ: others are asked */
	assert_int_equal(ofl_enums_struct(enums, "differ", &bytes),
			 OFL_ENUM_UNKNOWN);
	assert_int_equal(ofl_enums_member(enums, "differ", "x", &m),
			 OFL_ENUM_UNKNOWN);
	assert_int_equal(ofl_enums_member(enums, "one", "y", &m),
			 OFL_ENUM_ABSENT);
	assert_int_equal(ofl_enums_struct(enums, "none", &bytes),
			 OFL_ENUM_ABSENT);
	assert_int_equal(ofl_enums_member(enums, "none", "x", &m),
			 OFL_ENUM_ABSENT);
	assert_int_equal(ofl_enums_member(NULL, "one", "x", &m),
			 OFL_ENUM_UNKNOWN);
	assert_int_equal(bytes, 24);
	assert_int_equal(m.offset_bytes, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_structs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sign_not_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_several, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_btf, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_enums, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
