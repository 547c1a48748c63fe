// SPDX-License-Identifier: GPL-2.0-or-later
/* test_pageowner.c - allocation stacks: of each layout of the stack depot, and none of a damaged one */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "held.h"

#define H	UINT64_C(0xffff888010000000)
#define EXT	(H + 0x10000)	/* page_ext of pfn 0 */
#define EXT_OF(pfn) (EXT + (pfn) * UINT64_C(72))
#define OWNER(pfn) (EXT_OF(pfn) + 8)
#define POOL	(H + 0x40000)	/* of number 1 */
#define RECORD	(POOL + 0x20)
#define TABLE	(H + 0x50000)
#define VARS	UINT64_C(0xffffffff83000000)
#define SIZE_KVA (VARS + 0x00)
#define OPS	(VARS + 0x10)
#define INITED	(VARS + 0x40)
#define EARLY_	(VARS + 0x50)
#define DUMMY	(VARS + 0x54)
#define FAILED	(VARS + 0x58)
#define NR	(VARS + 0x60)
#define POOLS	(VARS + 0x100)
#define CODE	UINT64_C(0xffffffff81000000)
#define PFN	3

/** struct depot - how a kernel keeps stacks */
static const struct depot {
	const char *name, *facts, *detail;
	uint32_t handle;	/* pool 1, place 2 */
	unsigned int size_at, handle_at, entries_at;
	bool pointer;		/* stack_pools is not an array */
} depots[] = {
	{ "6.12", "symbol stack_pools ffffffff83000100\narray stack_pools 8\n"
	  "symbol pools_num ffffffff83000060\n"
	  "member handle_parts.pool_index_plus_1 0 4\n"
	  "member handle_parts.offset 2 4\nmember handle_parts.extra 3 4\n"
	  "member page_owner.comm 32 16\nmember page_owner.pid 48 4",
	  "order 1, pid 77 odd\\x1b[m, by vfs_write, 0xffffffff81004000",
	  2 | 2 << 17, 20, 24, 32, false },
	{ "7.2", "symbol stack_pools ffffffff83000100\n"
	  "symbol pools_num ffffffff83000060\n"
	  "member handle_parts.pool_index_plus_1 0 4\n"
	  "member handle_parts.offset 2 4\nmember handle_parts.extra 3 4\n"
	  "member page_owner.comm 32 16\nmember page_owner.pid 48 4",
	  "order 1, pid 77 odd\\x1b[m, by vfs_write, 0xffffffff81004000",
	  2 | 2 << 17, 20, 24, 32, true },
	{ "6.1", "symbol stack_slabs ffffffff83000100\narray stack_slabs 8\n"
	  "member handle_parts.slabindex 0 4\n"
	  "member handle_parts.offset 2 4\nmember handle_parts.valid 3 4\n"
	  "member handle_parts.extra 3 4\n"
	  "member page_owner.comm 32 16\nmember page_owner.pid 48 4",
	  "order 1, pid 77 odd\\x1b[m, by vfs_write, 0xffffffff81004000",
	  1 | 2 << 16 | 1 << 26, 12, 16, 24, false },
	{ "5.10", "symbol stack_slabs ffffffff83000100\narray stack_slabs 8\n"
	  "member handle_parts.slabindex 0 4\n"
	  "member handle_parts.offset 2 4\nmember handle_parts.valid 3 4",
	  "order 1, by vfs_write, 0xffffffff81004000",
	  1 | 2 << 21 | 1u << 31, 12, 16, 24, false },
};

static struct kernel k;
static struct texttarget tt;
static struct held held;
static const struct depot *depot;

#define LINE(...) kernel_line(&k, __VA_ARGS__)
#define MEM(kva, fmt, ...) kernel_line(&k, "mem %" PRIx64 " " fmt, kva, __VA_ARGS__)

/* two words of four bytes each */
static uint64_t both(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

static void owner_of(uint64_t pfn, uint32_t handle)
{
	MEM(EXT_OF(pfn), "3 %" PRIx64 " %" PRIx64 " 0 0 6d5b1b64646f 0 4d 0",
	    (uint64_t)0xffff0001, (uint64_t)handle);
}

static void record(uint32_t handle, uint32_t size)
{
	MEM(RECORD + depot->size_at / 8 * 8, "%" PRIx64, both(0xabc, size));
	MEM(RECORD + depot->handle_at, "%" PRIx64, both(handle, 1));
	MEM(RECORD + depot->entries_at,
	    "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64,
	    CODE, CODE + 0x1000, CODE + 0x2000, CODE + 0x3000, CODE + 0x4000);
}

static void page_owner_of_the_kernel(void)
{
	LINE("member mem_section.page_ext 8 8\nmember page_ext.flags 0 8");
	LINE("enumerator PAGE_EXT_OWNER 0\nenumerator PAGE_EXT_OWNER_ALLOCATED 1");
	LINE("member page_ext_operations.offset 0 8\nstruct page_owner 64");
	LINE("member page_owner.order 0 2\nmember page_owner.handle 8 4");
	LINE("member stack_record.size %u 4\nmember stack_record.handle %u 4",
	     depot->size_at, depot->handle_at);
	LINE("member stack_record.entries %u 0\n%s", depot->entries_at,
	     depot->facts);
	LINE("symbol page_ext_size %" PRIx64 "\nsymbol page_owner_ops %" PRIx64,
	     SIZE_KVA, OPS);
	LINE("symbol page_owner_inited %" PRIx64, INITED);
	LINE("symbol early_handle %" PRIx64 "\nsymbol dummy_handle %" PRIx64
	     "\nsymbol failure_handle %" PRIx64, EARLY_, DUMMY, FAILED);
	MEM(VARS, "0*%d", 0x40);
	MEM(SIZE_KVA, "%x", 72);
	MEM(OPS, "%x", 8);
	MEM(INITED, "%x", 1);
	MEM(EARLY_, "%" PRIx64 " %x", both(0x11, 0x12), 0x13);
	MEM(NR, "%x", 3);
	MEM(depot->pointer ? TABLE : POOLS, "0 %" PRIx64 " 0*6", POOL);
	if (depot->pointer)
		MEM(POOLS, "%" PRIx64, TABLE);
	/* where a kernel with subsections has its usage */
	MEM(K_ROOT + 8, "%" PRIx64, EXT);
	MEM(K_ROOT + 24, "%x", 0);
	MEM(EXT, "0*%d", 0x400);
	MEM(POOL, "0*%d", 0x800);
	owner_of(PFN, depot->handle);
	record(depot->handle, 5);
	LINE("symbol_in %" PRIx64 " post_alloc_hook", CODE - 1);
	LINE("symbol_in %" PRIx64 " __alloc_pages_noprof.cold", CODE + 0xfff);
	LINE("symbol_in %" PRIx64 " pipe_write", CODE + 0x1fff);
	LINE("symbol_in %" PRIx64 " vfs_write", CODE + 0x2fff);
}

static int begin_with(const struct depot *d)
{
	depot = d;
	kernel_init(&k);
	k.subsections = false;
	kernel_open(&k);
	kernel_small(&k);
	page_owner_of_the_kernel();
	return 0;
}

static int begin(void **state)
{
	(void)state;
	return begin_with(&depots[0]);
}

static void load(void)
{
	assert_true(held_load(&held, &k, &tt));
}

static int end(void **state)
{
	(void)state;
	held_end(&held, &tt);
	return 0;
}

static struct ofl_share ask(enum ofl_kind kind, uint64_t pfn)
{
	const struct ofl_classified c = {
		.pfn = pfn, .page_kva = K_VMEMMAP + pfn * 64, .kind = kind,
		.outcome = OFL_OUT_BLOCKED,
	};
	/* no flags, no type, nothing else */
	static const uint64_t raw[8] = { [6] = K_NO_TYPE };
	struct ofl_share share;

	ofl_holders_page(held.holders, &c, (const unsigned char *)raw, &share);
	return share;
}

static void named(const struct ofl_share *s)
{
	if (!s->holder)
		fail_msg("%s: not identified: 0x%" PRIx64 " %s", depot->name,
			 s->bad_kva, s->bad_what ? s->bad_what : "nothing");
	assert_string_equal(s->ops->kind, "allocation");
	assert_string_equal(s->holder->name, "pipe_write");
	assert_string_equal(s->holder->detail, depot->detail);
}

static void unnamed(const struct ofl_share *s)
{
	assert_null(s->holder);
	if (s->bad_what)
		fail_msg("0x%" PRIx64 " %s", s->bad_kva, s->bad_what);
}

/* the first function that is not the allocator's, in every layout */
static void test_each_layout(void **state)
{
	struct ofl_share s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(depots); i++) {
		begin_with(&depots[i]);
		load();
		s = ask(OFL_KIND_KERNEL, PFN);
		named(&s);
		s = ask(OFL_KIND_TYPED, PFN);
		named(&s);
		/* migrates, or has a driver: no matter who allocated it */
		s = ask(OFL_KIND_LRU, PFN);
		unnamed(&s);
		end(state);
	}
}

/* stacks that are of no allocation, and pages that page_owner has not seen */
static void test_no_allocation(void **state)
{
	static const uint32_t no_stack[] = { 0, 0x11, 0x12, 0x13 };
	struct ofl_share s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(no_stack); i++)
		owner_of(10 + i, no_stack[i]);
	owner_of(20, depot->handle);
	MEM(EXT_OF(20), "%x", 1);	/* freed */
	owner_of(21, depot->handle);
	MEM(EXT_OF(21), "%x", 2);	/* never seen */
	load();
	for (i = 0; i < ARRAY_LEN(no_stack); i++) {
		s = ask(OFL_KIND_KERNEL, 10 + i);
		unnamed(&s);
	}
	for (i = 20; i < 22; i++) {
		s = ask(OFL_KIND_KERNEL, i);
		unnamed(&s);
	}
	/* a section without page_ext */
	s = ask(OFL_KIND_KERNEL, kernel_section_pages(&k) + PFN);
	unnamed(&s);
	s = ask(OFL_KIND_KERNEL, PFN);
	named(&s);
}

/* two processes with one stack are two holders */
static void test_two_processes(void **state)
{
	struct ofl_share one, two;

	(void)state;
	owner_of(5, depot->handle);
	MEM(OWNER(5) + 48, "%x", 78);
	load();
	one = ask(OFL_KIND_KERNEL, PFN);
	two = ask(OFL_KIND_KERNEL, 5);
	assert_non_null(two.holder);
	assert_string_not_equal(one.holder->detail, two.holder->detail);
}

#define BREAK(name, line, at)						\
static void test_##name(void **state)					\
{									\
	struct ofl_share s;						\
									\
	(void)state;							\
	line;								\
	load();								\
	s = ask(OFL_KIND_KERNEL, PFN);					\
	assert_null(s.holder);						\
	assert_non_null(s.bad_what);					\
	if (s.bad_kva != (at))						\
		fail_msg("0x%" PRIx64 " %s", s.bad_kva, s.bad_what);	\
}

#define QUIET(name, line)						\
static void test_##name(void **state)					\
{									\
	struct ofl_share s;						\
									\
	(void)state;							\
	line;								\
	load();								\
	s = ask(OFL_KIND_KERNEL, PFN);					\
	unnamed(&s);							\
}

QUIET(off, MEM(INITED, "%x", 0))
QUIET(going_offline, MEM(K_ROOT + 8, "%" PRIx64, EXT | 1))
QUIET(no_page_ext, LINE("without member mem_section.page_ext"))
QUIET(no_depot, LINE("without symbol stack_pools"))
QUIET(no_early_handle, LINE("without symbol early_handle"))

BREAK(another_handle, record(depot->handle + 1, 5), RECORD)
BREAK(index_beyond, owner_of(PFN, 9 | 2 << 17), POOLS)
BREAK(index_zero, owner_of(PFN, 0 | 2 << 17), POOLS)
BREAK(pool_of_none, MEM(POOLS + 8, "%x", 0), POOLS + 8)
BREAK(pool_wild, MEM(POOLS + 8, "%" PRIx64, POOL + 4), POOLS + 8)
BREAK(size_zero, record(depot->handle, 0), RECORD)
BREAK(size_beyond, record(depot->handle, 257), RECORD)
BREAK(out_of_its_pool,
      (owner_of(PFN, 2 | 0x3ffu << 17),
       MEM(POOL + 0x3ff0 + 16, "%" PRIx64 " %x", both(0, 5), 2 | 0x3ff << 17)),
      POOL + 0x3ff0)
BREAK(record_unreadable, LINE("unreadable %" PRIx64 " 8", RECORD + 16),
      RECORD + 20)
BREAK(entries_unreadable, LINE("unreadable %" PRIx64 " 8", RECORD + 48),
      RECORD + 32)
BREAK(frame_of_a_process, MEM(RECORD + 32 + 24, "%x", 0x400123), 0x400123)
BREAK(page_ext_unreadable, LINE("unreadable %" PRIx64 " 8", EXT_OF(PFN)),
      EXT_OF(PFN))
BREAK(page_ext_wild, MEM(K_ROOT + 8, "%" PRIx64, EXT + 4), EXT_OF(PFN) + 4)
BREAK(comm_unreadable, LINE("unreadable %" PRIx64 " 8", OWNER(PFN) + 40),
      OWNER(PFN) + 32)
BREAK(no_room, MEM(OPS, "%x", 16), SIZE_KVA)
BREAK(size_unreadable, LINE("unreadable %" PRIx64 " 8", SIZE_KVA), SIZE_KVA)
BREAK(parts_elsewhere, LINE("member handle_parts.offset 1 4"), POOLS)
BREAK(no_pools, LINE("array stack_pools 0"), POOLS)

/* the number of pools bounds a pointer; without one there is no bound */
static void test_pointer(void **state)
{
	static const struct {
		const char *line;
		uint64_t at;
	} bad[] = {
		{ "mem ffffffff83000060 1", TABLE },
		{ "mem ffffffff83000060 ffffffff", POOLS },
		{ "without symbol pools_num", POOLS },
		{ "mem ffffffff83000100 0", POOLS },
	};
	struct ofl_share s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		begin_with(&depots[1]);
		LINE("%s", bad[i].line);
		load();
		s = ask(OFL_KIND_KERNEL, PFN);
		assert_null(s.holder);
		assert_non_null(s.bad_what);
		assert_int_equal(s.bad_kva, bad[i].at);
		end(state);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_layout), cmocka_unit_test(test_pointer),
		TEST(no_allocation), TEST(two_processes), TEST(off),
		TEST(going_offline), TEST(no_page_ext), TEST(no_depot),
		TEST(no_early_handle), TEST(another_handle), TEST(index_beyond),
		TEST(index_zero), TEST(pool_of_none), TEST(pool_wild),
		TEST(size_zero), TEST(size_beyond), TEST(out_of_its_pool),
		TEST(record_unreadable), TEST(entries_unreadable),
		TEST(frame_of_a_process), TEST(page_ext_unreadable),
		TEST(page_ext_wild), TEST(comm_unreadable), TEST(no_room),
		TEST(size_unreadable), TEST(parts_elsewhere), TEST(no_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
