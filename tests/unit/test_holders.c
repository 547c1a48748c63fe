// SPDX-License-Identifier: GPL-2.0-or-later
/* test_holders.c - who holds a page: right names, and none where a way is broken */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "commands/holder_rows.h"
#include "held.h"
#include "owned.h"

#define H	UINT64_C(0xffff888010000000)
#define CACHES	(H + 0x0000)	/* list_head */
#define CACHE	(H + 0x1000)
#define CACHE2	(H + 0x1100)
#define MAPPING	(H + 0x2000)
#define INODE	(H + 0x2100)
#define SB	(H + 0x2200)
#define FS	(H + 0x2300)
#define ROOT	(H + 0x3000)	/* dentries */
#define ETC	(H + 0x3100)
#define FILE_	(H + 0x3200)
#define INIT	(H + 0x4000)	/* tasks */
#define TASK	(H + 0x4100)
#define SIGNAL0	(H + 0x4200)
#define SIGNAL1	(H + 0x4280)
#define MM	(H + 0x4300)
#define AV	(H + 0x5000)
#define AVC	(H + 0x5100)
#define AVC2	(H + 0x5180)
#define VMA	(H + 0x5200)
#define AREAS	(H + 0x6000)
#define VA	(H + 0x6100)
#define VM	(H + 0x6200)
#define PAGES	(H + 0x6300)
#define VM2	(H + 0x6400)
#define VA2	(H + 0x6500)
#define LISTS	(H + 0x7000)
#define SLOTS	(H + 0x7100)
#define CHUNK	(H + 0x7200)
#define OBJCG	(H + 0x8000)
#define MEMCG	(H + 0x8100)
#define CGROUP	(H + 0x8200)
#define KN_ROOT	(H + 0x8300)
#define KN_APP	(H + 0x8380)
#define ZSPAGE	(H + 0xa000)
#define POOL	(H + 0xa100)
#define MOPS	UINT64_C(0xffffffffc0001230)
#define TASK2	(H + 0x4400)
#define MM2	(H + 0x4480)
#define VMA2	(H + 0x5280)
#define IOMEM	(H + 0xb000)
#define RES	(H + 0xb100)
#define RES2	(H + 0xb180)
#define PPOOL	(H + 0xc000)
#define DEVICE	(H + 0xc100)
#define KN_DEVICE (H + 0xc200)
#define TEXTS	(H + 0x9000)

static const char facts[] =
	"member page.mapping 24 8\nmember page.private 40 8\n"
	"member page.index 32 8\nmember page.memcg_data 56 8\n"
	"member slab.slab_cache 24 8\nmember slab.counters 40 8\n"
	"member kmem_cache.name 0 8\nmember kmem_cache.object_size 8 4\n"
	"member kmem_cache.list 16 16\n"
	"member address_space.host 0 8\nmember inode.i_sb 0 8\n"
	"member inode.i_mapping 8 8\nmember inode.i_data 128 64\n"
	"member inode.i_dentry 16 8\nmember inode.i_nlink 24 4\n"
	"member inode.i_ino 32 8\nmember inode.i_rdev 28 4\n"
	"member super_block.s_id 16 32\nmember super_block.s_type 0 8\n"
	"member file_system_type.name 0 8\n"
	"member dentry.d_parent 0 8\nmember dentry.d_name.name 8 8\n"
	"member dentry.d_inode 16 8\nmember dentry.d_u.d_alias 24 16\n"
	"member anon_vma.rb_root 0 16\nmember rb_root_cached.rb_root 0 8\n"
	"member rb_node.__rb_parent_color 0 8\n"
	"member rb_node.rb_right 8 8\nmember rb_node.rb_left 16 8\n"
	"member anon_vma_chain.rb 0 24\nmember anon_vma_chain.vma 24 8\n"
	"member anon_vma_chain.anon_vma 32 8\n"
	"member vm_area_struct.vm_mm 0 8\n"
	"member task_struct.tasks 0 16\nmember task_struct.thread_node 16 16\n"
	"member task_struct.signal 32 8\nmember task_struct.mm 40 8\n"
	"member task_struct.pid 48 4\nmember task_struct.comm 56 16\n"
	"member task_struct.stack_vm_area 72 8\n"
	"member signal_struct.thread_head 0 16\n"
	"member vmap_area.va_start 0 8\nmember vmap_area.va_end 8 8\n"
	"member vmap_area.list 16 16\nmember vmap_area.vm 32 8\n"
	"member vm_struct.addr 0 8\nmember vm_struct.pages 8 8\n"
	"member vm_struct.nr_pages 16 4\nmember vm_struct.caller 24 8\n"
	"member pcpu_chunk.list 0 16\nmember pcpu_chunk.base_addr 16 8\n"
	"member obj_cgroup.memcg 0 8\nmember mem_cgroup.css 0 64\n"
	"member cgroup_subsys_state.cgroup 8 8\nmember cgroup.kn 0 8\n"
	"member kernfs_node.name 0 8\nmember kernfs_node.parent 8 8\n"
	"member kernfs_node.priv 16 8\nmember dentry.d_sb 40 8\n"
	"member page.pp_magic 8 8\nmember page.pp 16 8\n"
	"member page_pool.p.dev 24 8\nmember device.kobj 8 64\n"
	"member kobject.name 0 8\nmember kobject.sd 16 8\n";

static struct kernel k;
static struct texttarget tt;
static struct held held;
static unsigned int texts;

#define LINE(...) kernel_line(&k, __VA_ARGS__)
#define MEM(kva, fmt, ...) kernel_line(&k, "mem %" PRIx64 " " fmt, kva, __VA_ARGS__)

static uint64_t text(const char *what)
{
	uint64_t at = TEXTS + texts++ * UINT64_C(0x200);

	LINE("text %" PRIx64 " %s", at, what);
	/* strings are read in pieces: something has to be behind them */
	return at;
}

static void objects_of_the_kernel(void)
{
	MEM(TEXTS, "0*%d", 0x1000);
	MEM(CACHES, "%" PRIx64 " %" PRIx64, CACHE + 16, CACHE2 + 16);
	MEM(CACHE, "%" PRIx64 " c0 %" PRIx64 " %" PRIx64, text("dentry"),
	    CACHE2 + 16, CACHES);
	MEM(CACHE2, "%" PRIx64 " 40 %" PRIx64 " %" PRIx64,
	    text("odd\x1b[31m"), CACHES, CACHE + 16);
	LINE("symbol slab_caches %" PRIx64, CACHES);
	LINE("symbol pcpu_chunk_lists %" PRIx64, LISTS);
	MEM(LISTS, "%" PRIx64, SLOTS);
	LINE("symbol pcpu_nr_slots %" PRIx64, LISTS + 8);
	MEM(LISTS + 8, "%x", 1);
	MEM(SLOTS, "%" PRIx64 " %" PRIx64, CHUNK, CHUNK);
	MEM(CHUNK, "%" PRIx64 " %" PRIx64 " 1234000", SLOTS, SLOTS);
	MEM(OBJCG, "%" PRIx64, MEMCG);
	MEM(MEMCG, "0 %" PRIx64, CGROUP);
	MEM(CGROUP, "%" PRIx64, KN_APP);
	MEM(KN_APP, "%" PRIx64 " %" PRIx64 " %" PRIx64, text("app"), KN_ROOT,
	    CGROUP);
	MEM(KN_ROOT, "%" PRIx64 " 0", text("none"));
}

static void files(void)
{
	MEM(MAPPING, "%" PRIx64, INODE);
	MEM(INODE, "%" PRIx64 " %" PRIx64 " %" PRIx64 " 1 4d2 0*20", SB, MAPPING,
	    FILE_ + 24);
	MEM(SB, "%" PRIx64 " 0*9", FS);
	LINE("text %" PRIx64 " vda1", SB + 16);
	MEM(FS, "%" PRIx64, text("ext4"));
	MEM(ROOT, "%" PRIx64 " %" PRIx64 " 0 0 0 %" PRIx64, ROOT, text("/"), SB);
	MEM(ETC, "%" PRIx64 " %" PRIx64 " 0 0 0 %" PRIx64, ROOT, text("etc"), SB);
	MEM(FILE_, "%" PRIx64 " %" PRIx64 " %" PRIx64 " 0 0 %" PRIx64, ETC,
	    text("pass\twd"), INODE, SB);
}

/* init_task, and one process with one thread */
static void processes(void)
{
	LINE("symbol init_task %" PRIx64, INIT);
	MEM(INIT, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
	    " 0 0 0 0 0", TASK, TASK, SIGNAL0, SIGNAL0, SIGNAL0);
	MEM(SIGNAL0, "%" PRIx64 " %" PRIx64, INIT + 16, INIT + 16);
	MEM(TASK, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
	    " %" PRIx64 " 7b 0 0 %" PRIx64, INIT, INIT, SIGNAL1, SIGNAL1,
	    SIGNAL1, MM, VM2);
	LINE("text %" PRIx64 " cat", TASK + 56);
	MEM(SIGNAL1, "%" PRIx64 " %" PRIx64, TASK + 16, TASK + 16);
	MEM(AV, "%" PRIx64 " 0", AVC);
	MEM(AVC, "1 0 %" PRIx64 " %" PRIx64 " %" PRIx64, AVC2, VMA, AV);
	MEM(AVC2, "%" PRIx64 " 0 0 %" PRIx64 " %" PRIx64, AVC, VMA, AV);
	MEM(VMA, "%" PRIx64, MM);
}

/* two areas of two pages: one of a caller, one a stack */
static void vmalloc(void)
{
	LINE("symbol vmap_area_list %" PRIx64, AREAS);
	MEM(AREAS, "%" PRIx64 " %" PRIx64, VA + 16, VA2 + 16);
	MEM(VA, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64,
	    H + 0x100000, H + 0x103000, VA2 + 16, AREAS, VM);
	MEM(VA2, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64,
	    H + 0x200000, H + 0x203000, AREAS, VA + 16, VM2);
	MEM(VM, "%" PRIx64 " %" PRIx64 " 2 ffffffff82001234", H + 0x100000,
	    PAGES);
	MEM(VM2, "%" PRIx64 " %" PRIx64 " 2 ffffffff82001234", H + 0x200000,
	    PAGES + 16);
	MEM(PAGES, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64,
	    K_VMEMMAP + 5 * 64, K_VMEMMAP + 9 * 64, K_VMEMMAP + 6 * 64,
	    K_VMEMMAP + 7 * 64);
	LINE("symbol_in ffffffff82001234 load_module");
}

static int begin(void **state)
{
	(void)state;
	texts = 0;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	LINE("%s", facts);
	objects_of_the_kernel();
	files();
	processes();
	vmalloc();
	return 0;
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

/** struct raw - a struct page by its words */
struct raw {
	uint64_t flags, compound, a, mapping, index, private;
	uint32_t type, refcount;
	uint64_t memcg;
};

static struct ofl_share add(enum ofl_kind kind, uint64_t pfn,
			    const struct raw *raw)
{
	const struct ofl_classified c = {
		.pfn = pfn, .page_kva = K_VMEMMAP + pfn * 64, .kind = kind,
		.outcome = OFL_OUT_BLOCKED,
	};
	const struct ofl_share *share;
	struct ofl_share one;
	size_t nr;

	ofl_holders_add(held.holders, &c, (const unsigned char *)raw);
	share = ofl_holders_shares(held.holders, &nr);
	assert_int_equal(nr, 1);
	one = share[0];
	ofl_holders_clear(held.holders);
	return one;
}

static void check(const struct ofl_share *s, const char *kind, const char *name,
		  const char *detail)
{
	if (!s->holder)
		fail_msg("not identified: 0x%" PRIx64 " %s", s->bad_kva,
			 s->bad_what ? s->bad_what : "nothing");
	assert_string_equal(s->ops->kind, kind);
	assert_string_equal(s->holder->name, name);
	assert_string_equal(s->holder->detail, detail);
}

static void broken(const struct ofl_share *s, uint64_t kva)
{
	if (s->holder)
		fail_msg("named: %s (%s)", s->holder->name, s->holder->detail);
	assert_non_null(s->bad_what);
	assert_int_equal(s->bad_kva, kva);
}

static const struct raw slab = { .flags = K_SLAB, .mapping = CACHE,
				 .private = 0x1230007, .type = K_NO_TYPE };
static const struct raw file = { .flags = K_LRU, .mapping = MAPPING,
				 .type = K_NO_TYPE };
/* mapped once: page_type is _mapcount there */
static const struct raw anon = { .flags = K_LRU, .mapping = AV | 1 };
static const struct raw plain = { .type = K_NO_TYPE };

static void test_named(void **state)
{
	struct raw odd = slab, charged = plain, percpu = plain;
	struct ofl_share s;

	(void)state;
	load();
	s = add(OFL_KIND_SLAB, 3, &slab);
	check(&s, "slab", "dentry", "objects of 192 bytes");
	assert_int_equal(s.objects, 7);
	odd.mapping = CACHE2;
	s = add(OFL_KIND_SLAB, 3, &odd);
	check(&s, "slab", "odd\\x1b[31m", "objects of 64 bytes");
	s = add(OFL_KIND_LRU, 3, &file);
	check(&s, "file", "/etc/pass\\x09wd", "ext4 on vda1");
	s = add(OFL_KIND_LRU, 3, &anon);
	check(&s, "process", "cat", "pid 123");
	s = add(OFL_KIND_KERNEL, 9, &plain);
	check(&s, "vmalloc", "load_module", "caller of vmalloc()");
	s = add(OFL_KIND_KERNEL, 7, &plain);
	check(&s, "stack", "cat", "pid 123");
	percpu.index = CHUNK;
	s = add(OFL_KIND_KERNEL, 3, &percpu);
	check(&s, "percpu", "per-CPU memory", "chunk at 0x1234000");
	charged.memcg = OBJCG | 2;
	s = add(OFL_KIND_KERNEL, 3, &charged);
	check(&s, "cgroup", "/app", "kernel memory charged to it");
	s = add(OFL_KIND_KERNEL, 3, &plain);
	assert_null(s.holder);
	assert_null(s.bad_what);
}

/* what a page's mapping is worth depends on the kind of page */
static void test_mapping_by_kind(void **state)
{
	static const enum ofl_kind chance[] = {
		OFL_KIND_CMA, OFL_KIND_KERNEL, OFL_KIND_FRESH, OFL_KIND_BATCH,
		OFL_KIND_PB_ISOLATED, OFL_KIND_UNTOLD,
	};
	struct raw wild = file;
	struct ofl_share s;
	size_t i;

	(void)state;
	load();
	wild.mapping = MAPPING + 0x800000;
	for (i = 0; i < sizeof(chance) / sizeof(chance[0]); i++) {
		s = add(chance[i], 3, &file);
		check(&s, "file", "/etc/pass\\x09wd", "ext4 on vda1");
		s = add(chance[i], 3, &wild);
		assert_null(s.holder);
		assert_null(s.bad_what);
	}
	s = add(OFL_KIND_LRU, 3, &wild);
	broken(&s, MAPPING + 0x800000);
	s = add(OFL_KIND_MEMMAP, 3, &file);
	assert_null(s.holder);
	s = add(OFL_KIND_CMA, 3, &anon);
	check(&s, "process", "cat", "pid 123");
	s = add(OFL_KIND_KERNEL, 3, &anon);
	assert_null(s.holder);
}

/* more holders than there is room for: the rest has no name, and that is said */
static void test_too_many(void **state)
{
	struct ofl_classified c = { .kind = OFL_KIND_LRU,
				    .outcome = OFL_OUT_BLOCKED };
	struct raw ksm = anon;
	const struct ofl_share *s;
	struct ofl_holders_total total;
	size_t i, nr, pages = 65536 + 100;

	(void)state;
	load();
	for (i = 0; i < pages; i++) {
		c.pfn = i;
		c.page_kva = K_VMEMMAP + i * 64;
		ksm.mapping = (UINT64_C(0xffff888000000000) + 8 * i) | 3;
		ofl_holders_add(held.holders, &c, (const unsigned char *)&ksm);
		assert_int_equal(ofl_holders_lost(held.holders), i >= 65536);
	}
	s = ofl_holders_shares(held.holders, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(s[0].holder->name, "KSM");
	assert_int_equal(s[0].pages, 65536);
	assert_null(s[1].holder);
	assert_int_equal(s[1].pages, 100);
	total = ofl_holders_total(held.holders);
	assert_int_equal(total.pages, pages);
	assert_int_equal(total.identified, 65536);
	ofl_holders_clear(held.holders);
	assert_true(ofl_holders_lost(held.holders));
}

/* pages that look alike have one holder where their mapping says it */
static void test_more(void **state)
{
	const struct {
		enum ofl_kind kind;
		const struct raw *raw;
		bool alike;
	} cases[] = {
		{ OFL_KIND_LRU, &file, true }, { OFL_KIND_LRU, &anon, true },
		{ OFL_KIND_SLAB, &slab, false }, { OFL_KIND_KERNEL, &plain, false },
	};
	struct ofl_classified c = { .outcome = OFL_OUT_BLOCKED };
	const struct ofl_share *s;
	uint64_t pages = 0;
	size_t i, nr;

	(void)state;
	load();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c.kind = cases[i].kind;
		c.pfn = 16 * i;
		c.page_kva = K_VMEMMAP + c.pfn * 64;
		assert_int_equal(ofl_holders_add(held.holders, &c,
				 (const unsigned char *)cases[i].raw),
				 cases[i].alike);
		ofl_holders_more(held.holders, 10 + i);
	}
	s = ofl_holders_shares(held.holders, &nr);
	assert_int_equal(nr, 4);
	for (i = 0; i < nr; i++)
		pages += s[i].pages;
	assert_int_equal(s[0].pages, 14);
	assert_int_equal(pages, 4 + 10 + 11 + 12 + 13);
	assert_int_equal(ofl_holders_total(held.holders).pages, pages);
	assert_int_equal(ofl_holders_total(held.holders).identified, pages - 14);
}

/* a free one belongs to its pool, one in use does not */
static void test_pool_of_huge_pages(void **state)
{
	struct raw used = plain;
	struct ofl_share s;

	(void)state;
	load();
	s = add(OFL_KIND_HUGETLB_RESERVED, 3, &plain);
	check(&s, "hugetlb", "pool of huge pages", "free");
	s = add(OFL_KIND_HUGETLB_CROSSES, 3, &plain);
	check(&s, "hugetlb", "pool of huge pages", "free");
	used.refcount = 1;
	s = add(OFL_KIND_HUGETLB_CROSSES, 3, &used);
	assert_null(s.holder);
}

/* v7.2: the union that d_alias is in has no name */
static void test_path_of_7_2(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("without member dentry.d_u.d_alias");
	LINE("member dentry.d_alias 24 16");
	load();
	s = add(OFL_KIND_LRU, 3, &file);
	check(&s, "file", "/etc/pass\\x09wd", "ext4 on vda1");
}

/* a page of zsmalloc, whose zspage begins with page 3 */
static void zsmalloc(uint64_t first_private, uint64_t pool)
{
	LINE("symbol_at %" PRIx64 " zsmalloc_mops", MOPS);
	MEM(K_VMEMMAP + 3 * 64 + 40, "%" PRIx64, first_private);
	MEM(ZSPAGE, "2 %" PRIx64 " %" PRIx64, K_VMEMMAP + 3 * 64, pool);
	MEM(POOL, "0 %" PRIx64, text("zram0"));
}

static void zsmalloc_types(void)
{
	LINE("struct zs_pool 64");
	LINE("member zs_pool.name 8 8");
	LINE("member zspage.first_page 8 8");
	LINE("member zspage.pool 16 8");
}

static const struct raw packed = { .mapping = MOPS | 2, .private = ZSPAGE,
				   .type = K_NO_TYPE };

static void test_pool(void **state)
{
	struct raw bare = packed, wild = packed;
	struct ofl_share s;

	(void)state;
	zsmalloc(ZSPAGE, POOL);
	zsmalloc_types();
	load();
	s = add(OFL_KIND_MOVABLE_OPS, 5, &packed);
	check(&s, "movable", "zram0", "pool of zsmalloc");
	bare.private = 0;	/* it is being made, or freed */
	s = add(OFL_KIND_MOVABLE_OPS, 6, &bare);
	check(&s, "movable", "zsmalloc", "zram or zswap");
	s = add(OFL_KIND_MOVABLE_POISONED, 5, &packed);
	check(&s, "movable", "zram0", "pool of zsmalloc");
	wild.private = 0x1234;
	s = add(OFL_KIND_MOVABLE_OPS, 7, &wild);
	broken(&s, 0x1234);
	assert_string_equal(s.bad_what, "is no zspage");
	wild.private = ZSPAGE + 0x800000;
	s = add(OFL_KIND_MOVABLE_OPS, 8, &wild);
	broken(&s, ZSPAGE + 0x800000);
}

static void test_pool_of_no_types(void **state)
{
	struct ofl_share s;

	(void)state;
	zsmalloc(ZSPAGE, POOL);
	load();
	s = add(OFL_KIND_MOVABLE_OPS, 5, &packed);
	check(&s, "movable", "zsmalloc", "zram or zswap");
}

/* the first page is of another zspage */
static void test_pool_of_another(void **state)
{
	struct ofl_share s;

	(void)state;
	zsmalloc(ZSPAGE + 0x40, POOL);
	zsmalloc_types();
	load();
	s = add(OFL_KIND_MOVABLE_OPS, 5, &packed);
	broken(&s, ZSPAGE);
}

static void test_pool_that_is_none(void **state)
{
	struct ofl_share s;

	(void)state;
	zsmalloc(ZSPAGE, POOL + 4);
	zsmalloc_types();
	load();
	s = add(OFL_KIND_MOVABLE_OPS, 5, &packed);
	broken(&s, ZSPAGE);
}

static void test_pool_without_name(void **state)
{
	struct ofl_share s;

	(void)state;
	zsmalloc(ZSPAGE, ETC + 0x800000);
	zsmalloc_types();
	load();
	s = add(OFL_KIND_MOVABLE_OPS, 5, &packed);
	broken(&s, ETC + 0x800000);
}

static void test_added_up(void **state)
{
	const struct ofl_classified c[] = {
		{ .pfn = 3, .kind = OFL_KIND_SLAB, .outcome = OFL_OUT_SPINS },
		{ .pfn = 9, .kind = OFL_KIND_KERNEL, .outcome = OFL_OUT_BLOCKED },
		{ .pfn = 10, .kind = OFL_KIND_SLAB, .outcome = OFL_OUT_SPINS },
		{ .pfn = 11, .kind = OFL_KIND_KERNEL, .outcome = OFL_OUT_SPINS },
	};
	const struct ofl_share *s;
	struct ofl_holders_total total;
	size_t nr;

	(void)state;
	load();
	ofl_holders_add(held.holders, &c[0], (const unsigned char *)&slab);
	ofl_holders_add(held.holders, &c[1], (const unsigned char *)&plain);
	ofl_holders_add(held.holders, &c[2], (const unsigned char *)&slab);
	ofl_holders_add(held.holders, &c[3], (const unsigned char *)&plain);
	s = ofl_holders_shares(held.holders, &nr);
	assert_int_equal(nr, 3);
	assert_string_equal(s[0].holder->name, "load_module");
	assert_string_equal(s[1].holder->name, "dentry");
	assert_int_equal(s[1].pages, 2);
	assert_int_equal(s[1].first_pfn, 3);
	assert_int_equal(s[1].objects, 14);
	assert_null(s[2].holder);
	total = ofl_holders_total(held.holders);
	assert_int_equal(total.pages, 4);
	assert_int_equal(total.identified, 3);
	assert_int_equal(total.broken, 0);
}

/* a compound page has one holder: what its tails hold is no pointer of theirs */
static void test_tails(void **state)
{
	const struct raw tail = { .compound = (K_VMEMMAP + 16 * 64) | 1,
				  .mapping = 0x123, .type = K_NO_TYPE };
	struct ofl_share s;

	(void)state;
	MEM(K_VMEMMAP + 16 * 64, "%x 0 0 %" PRIx64 " 0 0 ffffffff 0",
	    K_SLAB | K_HEAD, CACHE);
	load();
	s = add(OFL_KIND_SLAB, 17, &tail);
	check(&s, "slab", "dentry", "objects of 192 bytes");
	/* a head that is no head names nobody */
	s = add(OFL_KIND_SLAB, 41, &(struct raw){
		.compound = (K_VMEMMAP + 40 * 64) | 1, .type = K_NO_TYPE });
	assert_null(s.holder);
}

/* nobody is named, and nothing is wrong */
static void untold(const struct ofl_share *s, const char *why)
{
	if (s->holder)
		fail_msg("named: %s (%s)", s->holder->name, s->holder->detail);
	assert_null(s->bad_what);
	if (!why)
		assert_null(s->why);
	else if (!s->why || !strstr(s->why, why))
		fail_msg("%s, not: %s", s->why ? s->why : "nothing", why);
}

/* nothing is wrong: its process has exited, and pages go a little later */
static void test_process_gone(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(VMA, "%" PRIx64, MM + 8);
	load();
	s = add(OFL_KIND_LRU, 3, &anon);
	untold(&s, "it has exited");
}

/* a pipe keeps the page of a process that is gone; a stranger has its anon_vma */
static void test_process_unmapped(void **state)
{
	struct raw kept = anon, ksm = anon;
	struct ofl_share s;

	(void)state;
	kept.type = K_NO_TYPE;
	load();
	s = add(OFL_KIND_LRU_HELD, 3, &kept);
	untold(&s, "not mapped any more");
	s = add(OFL_KIND_LRU, 4, &anon);
	check(&s, "process", "cat", "pid 123");
	s = add(OFL_KIND_LRU_HELD, 5, &kept);
	untold(&s, "not mapped any more");
	ksm.type = K_NO_TYPE;
	ksm.mapping = AV | 3;
	s = add(OFL_KIND_LRU, 6, &ksm);
	check(&s, "process", "KSM", "same page merging");
}

/** struct folio - counts of a huge page of four, and whether it is mapped */
static const struct folio {
	const char *lines;
	uint64_t tail_word;	/* at 24 of the first tail */
	uint32_t third;		/* _mapcount of the third page */
	bool mapped;
} folios[] = {
	/* v6.12: one number is all */
	{ "member folio._large_mapcount 88 4", 0xffffffff, 0, false },
	{ "member folio._large_mapcount 88 4", 0, UINT32_MAX, true },
	/* as a whole, or page by page */
	{ "member folio._entire_mapcount 88 4", 0, UINT32_MAX, true },
	{ "member folio._entire_mapcount 88 4", 0xffffffff, 0, true },
	{ "member folio._entire_mapcount 88 4", 0xffffffff, UINT32_MAX, false },
	/* v5.10 */
	{ "member page.compound_mapcount 24 4", 0, UINT32_MAX, true },
	{ "member page.compound_mapcount 24 4", 0xffffffff, UINT32_MAX, false },
};

static void test_process_unmapped_huge(void **state)
{
	const uint64_t at = K_VMEMMAP + 16 * 64;
	const struct raw head = { .flags = K_LRU | K_HEAD, .mapping = AV | 1,
				  .type = K_NO_TYPE };
	struct ofl_share s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(folios); i++) {
		LINE("%s", folios[i].lines);
		MEM(at, "%x 0 0 %" PRIx64 " 0 0 ffffffff 0", K_LRU | K_HEAD,
		    AV | 1);
		/* its order is in the low byte of the first tail's flags */
		MEM(at + 64, "2 %" PRIx64 " 0 %" PRIx64 " 0 0 ffffffff 0", at + 1,
		    folios[i].tail_word);
		MEM(at + 128, "0 %" PRIx64 " 0 0 0 0 %x 0", at + 1,
		    folios[i].third);
		MEM(at + 192, "0 %" PRIx64 " 0 0 0 0 ffffffff 0", at + 1);
		load();
		s = add(OFL_KIND_LRU_HELD, 16, &head);
		if (folios[i].mapped)
			check(&s, "process", "cat", "pid 123");
		else
			untold(&s, "not mapped any more");
		end(state);
		begin(state);
	}
	/* an order that no page has, and a tail that is none */
	MEM(at + 64, "ff %" PRIx64 " 0 0 0 0 ffffffff 0", at + 1);
	load();
	s = add(OFL_KIND_LRU_HELD, 16, &head);
	untold(&s, "not mapped any more");
}

/* ---- what may be broken, and where it is said to be ---- */

#define BREAK(name, line, kind, page, at)				\
static void test_##name(void **state)					\
{									\
	struct ofl_share s;						\
									\
	(void)state;							\
	line;								\
	load();								\
	s = add(kind, 3, &page);					\
	broken(&s, at);							\
}

BREAK(slab_cache_unknown,
      MEM(CACHES, "%" PRIx64 " %" PRIx64, CACHES, CACHES),
      OFL_KIND_SLAB, slab, K_VMEMMAP + 3 * 64 + 24)
BREAK(slab_name_wild, MEM(CACHE, "%" PRIx64, UINT64_C(0xffff999900000000)),
      OFL_KIND_SLAB, slab, UINT64_C(0xffff999900000000))
BREAK(slab_name_unreadable, LINE("unreadable %" PRIx64 " 8", CACHE),
      OFL_KIND_SLAB, slab, CACHE)
BREAK(mapping_of_another, MEM(INODE + 8, "%" PRIx64, MAPPING + 0x40),
      OFL_KIND_LRU, file, INODE)
BREAK(host_wild, MEM(MAPPING, "%x", 0x1000), OFL_KIND_LRU, file, MAPPING)
BREAK(host_unaligned, MEM(MAPPING, "%" PRIx64, INODE + 1), OFL_KIND_LRU, file,
      MAPPING)
BREAK(dentry_of_another, MEM(FILE_ + 16, "%" PRIx64, INODE + 0x10),
      OFL_KIND_LRU, file, FILE_)
BREAK(path_in_a_circle, MEM(ETC, "%" PRIx64, FILE_), OFL_KIND_LRU, file, FILE_)
BREAK(name_in_user_space, MEM(ETC + 8, "%x", 0x4000), OFL_KIND_LRU, file,
      ETC + 8)
BREAK(chain_of_another, MEM(AVC + 32, "%" PRIx64, AV + 8), OFL_KIND_LRU, anon,
      AVC + 32)
BREAK(tree_in_a_circle, MEM(AVC2 + 8, "%" PRIx64, AVC), OFL_KIND_LRU, anon,
      AVC2)
BREAK(dentry_of_another_fs, MEM(ETC + 40, "%" PRIx64, SB + 0x800),
      OFL_KIND_LRU, file, ETC)
BREAK(root_with_a_parent, MEM(AVC, "%" PRIx64, AVC2), OFL_KIND_LRU, anon, AVC)
BREAK(cgroup_of_another, MEM(KN_APP + 16, "%" PRIx64, CGROUP + 8),
      OFL_KIND_KERNEL, ((struct raw){ .type = K_NO_TYPE, .memcg = OBJCG | 2 }),
      KN_APP)
BREAK(tree_that_joins, MEM(AVC + 8, "%" PRIx64, AVC2), OFL_KIND_LRU, anon, AVC)
BREAK(tree_wild, MEM(AV, "%" PRIx64, UINT64_C(0xdead000000000100)),
      OFL_KIND_LRU, anon, UINT64_C(0xdead000000000100))
BREAK(cgroup_in_a_circle, MEM(KN_APP + 8, "%" PRIx64, KN_APP),
      OFL_KIND_KERNEL, ((struct raw){ .type = K_NO_TYPE, .memcg = OBJCG | 2 }),
      KN_APP)

/* a kernel that does not tell of d_sb has inode numbers */
static void test_path_not_known(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("without member dentry.d_sb");
	load();
	s = add(OFL_KIND_LRU, 3, &file);
	check(&s, "file", "inode 1234", "ext4 on vda1");
}

/* whether buffers are held is said of each page, whichever comes first */
static void test_disk(void **state)
{
	static const enum ofl_kind first[] = { OFL_KIND_LRU, OFL_KIND_LRU_BUFFERS };
	struct ofl_share s;
	size_t i;

	for (i = 0; i < 4; i++) {
		enum ofl_kind kind = first[(i + i / 2) % 2];

		if (i % 2 == 0) {
			MEM(FS, "%" PRIx64, text("bdev"));
			MEM(INODE + 24, "%" PRIx64, UINT64_C(0x0fd0000300000001));
			load();
		}
		s = add(kind, 3 + i, &file);
		check(&s, "file", "(253:3)", kind == OFL_KIND_LRU ? "bdev" :
		      "bdev, buffers held by a file system");
		if (i == 1) {
			end(state);
			begin(state);
		}
	}
}

/* a page pool of an interface, as the signature of a page may be */
static const struct magic {
	uint64_t word;
	bool named;
} magics[] = {
	{ UINT64_C(0xdead000000000040), true },		/* v5.14 */
	{ UINT64_C(0xdead000000000042), true },		/* from reserves */
	{ UINT64_C(0xdead0000000000c0), true },		/* DMA index 1 */
	{ UINT64_C(0xdead007fffffff40), true },
	{ UINT64_C(0x5deadbee00000040), true },		/* ppc64 */
	{ UINT64_C(0x5deadbee0fffffc0), true },
	{ UINT64_C(0xdead000000000100), false },	/* LIST_POISON1 */
	{ UINT64_C(0xdead000000000122), false },
	{ UINT64_C(0xdead000000000060), false },
	{ UINT64_C(0xdeac000000000040), false },
	{ UINT64_C(0x40), false },
};

static void pagepool(void)
{
	MEM(PPOOL + 24, "%" PRIx64, DEVICE);
	MEM(DEVICE + 8, "%" PRIx64 " 0 %" PRIx64, text("virtio2"), KN_DEVICE);
	MEM(KN_DEVICE, "0 0 %" PRIx64, DEVICE + 8);
}

static void test_pagepool(void **state)
{
	struct raw raw = plain;
	struct ofl_share s;
	size_t i;

	(void)state;
	pagepool();
	load();
	raw.a = PPOOL;
	for (i = 0; i < ARRAY_LEN(magics); i++) {
		raw.compound = magics[i].word;
		s = add(OFL_KIND_KERNEL, 3, &raw);
		if (magics[i].named)
			check(&s, "page-pool", "virtio2", "page pool");
		else
			untold(&s, NULL);
	}
}

/* the pool was freed: what its device was is a kobject of nothing */
static void test_pagepool_of_another(void **state)
{
	const struct raw raw = { .compound = UINT64_C(0xdead000000000040),
				 .a = PPOOL, .type = K_NO_TYPE };
	struct ofl_share s;

	(void)state;
	pagepool();
	MEM(KN_DEVICE + 16, "%" PRIx64, DEVICE + 0x48);
	load();
	s = add(OFL_KIND_KERNEL, 3, &raw);
	broken(&s, KN_DEVICE);
}

/* of CONFIG_SLAB no number of objects is told: it has s_mem there */
static void test_objects_of_slab(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("symbol slab_prepare_cpu ffffffff81001000");
	load();
	s = add(OFL_KIND_SLAB, 3, &slab);
	check(&s, "slab", "dentry", "objects of 192 bytes");
	assert_int_equal(s.objects, 0);
}

/* v7.2: a type that says no more than that kmalloc() has it */
static void test_kmalloc(void **state)
{
	struct raw large = plain, charged;
	struct ofl_share s;

	(void)state;
	load();
	held.layout.type[OFL_TYPE_LARGE_KMALLOC] = (struct ofl_pagetype){
		OFL_SHAPE_TOP_BYTE, 0xff000000, 0xf8000000 };
	large.type = 0xf8000000;
	s = add(OFL_KIND_KERNEL, 3, &large);
	check(&s, "kmalloc", "kmalloc, large", "more than two pages at once");
	charged = large;
	charged.memcg = OBJCG | 2;
	s = add(OFL_KIND_KERNEL, 3, &charged);
	check(&s, "cgroup", "/app", "kernel memory charged to it");
}

/** struct old - a page_type of v5.10: a type is a cleared bit */
static const struct old {
	uint32_t type;
	const char *kind, *name;
	bool allocation;
} olds[] = {
	{ 0xffffffff, NULL, NULL, false },
	{ 0xfffffdff, "cgroup", "/app", true },		/* PG_kmemcg */
	{ 0xfffffbff, "page-table", "whose is not known", false },
	{ 0xfffff9ff, "page-table", "cgroup /app", false },	/* both */
	{ 0xfffff7ff, NULL, NULL, false },		/* PG_guard */
};

static void test_v5_10(void **state)
{
	struct raw raw = { .memcg = MEMCG };
	struct ofl_page_format format;
	struct ofl_share s;
	size_t i;

	(void)state;
	LINE("without enumerator PGTY_offline");
	LINE("vmcoreinfo NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257");
	LINE("without member page.memcg_data\nmember page.mem_cgroup 56 8");
	load();
	ofl_page_format_init(&format, &held.layout, &held.nodes);
	for (i = 0; i < ARRAY_LEN(olds); i++) {
		raw.type = olds[i].type;
		s = add(OFL_KIND_TYPED, 3, &raw);
		if (olds[i].kind)
			check(&s, olds[i].kind, olds[i].name,
			      strcmp(olds[i].kind, "cgroup") ? "" :
			      "kernel memory charged to it");
		else
			untold(&s, NULL);
		assert_int_equal(ofl_page_is_allocation(&format, raw.type),
				 olds[i].allocation);
	}
}

/* v5.10: lists of charged chunks stand behind those of the others */
static void test_chunk_types(void **state)
{
	struct raw percpu = plain;
	struct ofl_share s;

	(void)state;
	LINE("enumerator PCPU_NR_CHUNK_TYPES 2");
	MEM(SLOTS, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, SLOTS, SLOTS,
	    CHUNK, CHUNK);
	MEM(CHUNK, "%" PRIx64 " %" PRIx64, SLOTS + 16, SLOTS + 16);
	load();
	percpu.index = CHUNK;
	s = add(OFL_KIND_KERNEL, 3, &percpu);
	check(&s, "percpu", "per-CPU memory", "chunk at 0x1234000");
}

/* a list that breaks off has named what stands before the break, no more */
static void test_list_breaks(void **state)
{
	struct raw second = slab;
	struct ofl_share s;

	(void)state;
	second.mapping = CACHE2;
	MEM(CACHE2 + 24, "%" PRIx64, CACHE2 + 16);
	load();
	s = add(OFL_KIND_SLAB, 3, &slab);
	assert_non_null(s.holder);
	s = add(OFL_KIND_SLAB, 3, &second);
	broken(&s, CACHE2 + 16);
	assert_string_equal(s.bad_what, "does not point back in its list");
	assert_false(ofl_holders_lost(held.holders));
}

/* without the list no slab page is a finding */
static void test_list_not_known(void **state)
{
	static const char *const lines[] = {
		"without symbol slab_caches", "without member kmem_cache.list",
	};
	struct ofl_share s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		LINE("%s", lines[i]);
		load();
		s = add(OFL_KIND_SLAB, 3, &slab);
		untold(&s, "list of slab caches is not known");
		end(state);
		begin(state);
	}
	load();
}

static void test_tasks_break(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(TASK + 8, "%" PRIx64, INIT + 8);
	load();
	s = add(OFL_KIND_LRU, 3, &anon);
	broken(&s, TASK);
	/* a stack without its thread has the caller of vmalloc() still */
	s = add(OFL_KIND_KERNEL, 7, &plain);
	check(&s, "vmalloc", "load_module", "caller of vmalloc()");
}

/* a second process shares the anon_vma, and stands behind the break */
static void test_tasks_break_behind(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(TASK, "%" PRIx64, TASK2);
	MEM(TASK2, "%" PRIx64 " %" PRIx64, INIT, INIT);
	MEM(AVC2 + 24, "%" PRIx64, VMA2);
	MEM(VMA2, "%" PRIx64, MM2);
	load();
	s = add(OFL_KIND_LRU, 3, &anon);
	check(&s, "process", "cat", "pid 123, one of at least 1 that may map it");
}

/* the same process that has exited is none of them */
static void test_tasks_whole(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(AVC2 + 24, "%" PRIx64, VMA2);
	MEM(VMA2, "%" PRIx64, MM2);
	load();
	s = add(OFL_KIND_LRU, 3, &anon);
	check(&s, "process", "cat", "pid 123");
}

static void test_thread_unreadable(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("unreadable %" PRIx64 " 4", TASK + 48);
	load();
	s = add(OFL_KIND_LRU, 3, &anon);
	broken(&s, TASK + 48);
}

static void test_areas_break(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(VA2 + 24, "%" PRIx64, VA2);
	load();
	s = add(OFL_KIND_KERNEL, 9, &plain);
	check(&s, "vmalloc", "load_module", "caller of vmalloc()");
	s = add(OFL_KIND_KERNEL, 7, &plain);
	broken(&s, VA2 + 16);
	/* any page of the kernel's may be in an area behind it */
	s = add(OFL_KIND_KERNEL, 3, &plain);
	broken(&s, VA2 + 16);
}

static void test_area_unreadable(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("unreadable %" PRIx64 " 10", PAGES);
	load();
	s = add(OFL_KIND_KERNEL, 9, &plain);
	broken(&s, PAGES);
	s = add(OFL_KIND_KERNEL, 7, &plain);
	check(&s, "stack", "cat", "pid 123");
}

/* crash --no_modules: the dump itself says what is called so in a module */
static void test_area_of_a_module(void **state)
{
	static const struct owned_symbol symbol[] = {
		{ "holds_it", UINT64_C(0xffffffffc0601000) },
	};
	static const struct owned_module module = { "m", symbol, 1 };
	struct ofl_share s;

	(void)state;
	LINE("symbol modules %" PRIx64, O_MODULES);
	LINE("struct module 256");
	LINE("member module.list 8 16");
	LINE("member module.name 24 56");
	LINE("member module.kallsyms 80 8");
	LINE("struct mod_kallsyms 32");
	LINE("member mod_kallsyms.symtab 0 8");
	LINE("member mod_kallsyms.num_symtab 8 4");
	LINE("member mod_kallsyms.strtab 16 8");
	owned_modules(&k, &module, 1);
	MEM(VM + 24, "%" PRIx64, symbol[0].kva + 0x7f);
	load();
	s = add(OFL_KIND_KERNEL, 5, &plain);
	check(&s, "vmalloc", "holds_it", "caller of vmalloc()");
	s = add(OFL_KIND_KERNEL, 9, &plain);
	check(&s, "vmalloc", "holds_it", "caller of vmalloc()");
}

/* v6.9: as many nodes as a wild number says are not walked */
static void test_vmap_nodes_wild(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("without symbol vmap_area_list");
	LINE("symbol vmap_nodes %" PRIx64, AREAS);
	MEM(AREAS, "%" PRIx64 " %x", VA, 0x7fffffff);
	LINE("symbol nr_vmap_nodes %" PRIx64, AREAS + 8);
	LINE("struct vmap_node 64\nmember vmap_node.busy.head 0 16");
	load();
	s = add(OFL_KIND_KERNEL, 9, &plain);
	broken(&s, AREAS);
}

static void test_chunks_break(void **state)
{
	struct raw percpu = plain;
	struct ofl_share s;

	(void)state;
	percpu.index = CHUNK;
	MEM(CHUNK + 8, "%" PRIx64, CHUNK);
	load();
	s = add(OFL_KIND_KERNEL, 3, &percpu);
	broken(&s, CHUNK);
	s = add(OFL_KIND_KERNEL, 3, &plain);
	untold(&s, NULL);
}

static void iomem(void)
{
	LINE("member resource.start 0 8\nmember resource.end 8 8\n"
	     "member resource.name 16 8\nmember resource.flags 24 8\n"
	     "member resource.sibling 40 8\nmember resource.child 48 8");
	LINE("symbol iomem_resource %" PRIx64, IOMEM);
	MEM(IOMEM, "0 ffffffffffffffff 0 200 0 0 %" PRIx64, RES);
	MEM(RES, "0 2fff %" PRIx64 " 81000200 0 %" PRIx64 " 0",
	    text("System RAM"), RES2);
	MEM(RES2, "3000 4fff %" PRIx64 " 80000200 0 0 0", text("Reserved"));
}

static void test_region(void **state)
{
	struct ofl_share s;

	(void)state;
	iomem();
	load();
	s = add(OFL_KIND_RESERVED, 2, &plain);
	check(&s, "region", "boot allocation", "iomem 0x0-0x2fff");
	s = add(OFL_KIND_RESERVED, 3, &plain);
	check(&s, "region", "Reserved", "iomem 0x3000-0x4fff");
	s = add(OFL_KIND_RESERVED, 5, &plain);
	check(&s, "region", "hole", "no memory in iomem");
}

static void test_region_breaks(void **state)
{
	struct ofl_share s;

	(void)state;
	iomem();
	MEM(RES2, "%x", 0x1000);	/* begins before the one before it ends */
	load();
	s = add(OFL_KIND_RESERVED, 2, &plain);
	broken(&s, RES);
}

static void test_region_not_known(void **state)
{
	struct ofl_share s;

	(void)state;
	load();
	s = add(OFL_KIND_RESERVED, 3, &plain);
	untold(&s, "iomem is not known");
}

/** asked - pages of five kinds of holders, for each of which a list is walked */
static const struct asked {
	enum ofl_kind kind;
	uint64_t pfn;
	struct raw raw;
	const char *says;
} asked[] = {
	{ OFL_KIND_SLAB, 3, { .flags = K_SLAB, .mapping = CACHE, .type = K_NO_TYPE },
	  "slab" },
	{ OFL_KIND_LRU, 3, { .flags = K_LRU, .mapping = AV | 1 }, "process" },
	{ OFL_KIND_KERNEL, 7, { .type = K_NO_TYPE }, "stack" },
	{ OFL_KIND_KERNEL, 3, { .index = CHUNK, .type = K_NO_TYPE }, "percpu" },
	{ OFL_KIND_RESERVED, 3, { .type = K_NO_TYPE }, "region" },
};

/* have all of them the names that they should have? */
static bool ask_all(void)
{
	struct ofl_share s;
	bool right = true;
	size_t i;

	for (i = 0; i < ARRAY_LEN(asked); i++) {
		const struct ofl_classified c = {
			.pfn = asked[i].pfn, .kind = asked[i].kind,
			.page_kva = K_VMEMMAP + asked[i].pfn * 64,
		};

		ofl_holders_page(held.holders, &c,
				 (const unsigned char *)&asked[i].raw, &s);
		right &= s.holder && !strcmp(s.ops->kind, asked[i].says);
	}
	return right;
}

/* no memory for a list: what is not known for it is told, whatever it was */
static void test_no_memory(void **state)
{
	unsigned long n, made = 1;
	unsigned int lost = 0;
	bool right;

	for (n = 1; n <= made; n++) {
		iomem();
		load();
		alloc_fail_from_now(n);
		right = ask_all();
		made = alloc_stop();
		if (ofl_holders_lost(held.holders))
			lost++;
		else if (!right)
			fail_msg("allocation %lu fails, and nothing is lost", n);
		end(state);
		begin(state);
	}
	assert_true(lost > 6);
	load();
}

static void test_list_in_a_circle(void **state)
{
	struct ofl_share s;

	(void)state;
	/* back to the first, which points back to the head */
	MEM(CACHE2 + 16, "%" PRIx64, CACHE + 16);
	MEM(AREAS, "%" PRIx64, VA + 16);
	MEM(VA2 + 16, "%" PRIx64, VA + 16);
	MEM(TASK, "%" PRIx64, TASK);
	load();
	s = add(OFL_KIND_SLAB, 3, &slab);
	assert_non_null(s.holder);
	s = add(OFL_KIND_KERNEL, 9, &plain);
	assert_non_null(s.holder);
	s = add(OFL_KIND_LRU, 3, &anon);
	assert_non_null(s.holder);
}

/* an area that does not fit its vm_struct, or lists more than it has room for */
static void test_area_is_no_area(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(VM, "%" PRIx64, H + 0x101000);
	MEM(VM2 + 16, "%x", 4);
	load();
	s = add(OFL_KIND_KERNEL, 9, &plain);
	assert_null(s.holder);
	s = add(OFL_KIND_KERNEL, 7, &plain);
	assert_null(s.holder);
}

static void test_wild_struct_pages(void **state)
{
	struct ofl_share s;

	(void)state;
	MEM(PAGES, "%" PRIx64 " %" PRIx64, K_VMEMMAP + 5 * 64 + 8,
	    UINT64_C(0xffffffffffffff00));
	load();
	s = add(OFL_KIND_KERNEL, 5, &plain);
	assert_null(s.holder);
}

/* what a kernel page has where others have a mapping is followed in vain, and no fault */
static void test_no_mapping(void **state)
{
	struct raw odd = plain;
	struct ofl_share s;

	(void)state;
	odd.mapping = SB;
	load();
	s = add(OFL_KIND_KERNEL, 3, &odd);
	assert_null(s.holder);
	assert_null(s.bad_what);
}

/** struct tlb - how a kernel keeps the ends of the software I/O TLB */
static const struct tlb {
	const char *lines;
	bool named;
} tlbs[] = {
	/* v5.10 */
	{ "symbol io_tlb_start ffffffff83000000\n"
	  "symbol io_tlb_end ffffffff83000008\n"
	  "mem ffffffff83000000 200000 280000", true },
	/* v6.1 */
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_mem.end 8 8\n"
	  "mem ffffffff83000000 200000 280000", true },
	/* v6.12 */
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_pool.end 8 8\n"
	  "mem ffffffff83000000 200000 280000", true },
	/* v5.13: a pointer */
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_mem.end 8 8\n"
	  "mem ffffffff83000000 ffff888006000000 ffff888007000000", false },
	/* none was made, damaged, not in the dump */
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_mem.end 8 8\n"
	  "mem ffffffff83000000 0 0", false },
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_mem.end 8 8\n"
	  "mem ffffffff83000000 200123 280000", false },
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "member io_tlb_mem.end 8 8", false },
	{ "symbol io_tlb_default_mem ffffffff83000000\n"
	  "mem ffffffff83000000 200000 280000", false },
};

static void test_swiotlb(void **state)
{
	static const uint64_t in[] = { 0x200, 0x27f }, out[] = { 0x1ff, 0x280 };
	struct ofl_share s;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(tlbs); i++) {
		LINE("%s", tlbs[i].lines);
		load();
		for (j = 0; j < 2; j++) {
			s = add(OFL_KIND_RESERVED, in[j], &plain);
			if (tlbs[i].named)
				check(&s, "swiotlb", "software I/O TLB",
				      "bounce buffers 0x200000-0x27ffff");
			else
				assert_null(s.holder);
			s = add(OFL_KIND_RESERVED, out[j], &plain);
			assert_null(s.holder);
			s = add(OFL_KIND_LRU, in[j], &plain);
			assert_null(s.holder);
		}
		end(state);
		begin(state);
	}
	load();
}

/* without facts of holders nobody is named, and nothing is broken */
static void test_no_facts(void **state)
{
	struct ofl_share s;

	(void)state;
	LINE("without member slab.slab_cache");
	LINE("without member address_space.host");
	LINE("without symbol vmap_area_list");
	LINE("without symbol init_task");
	LINE("without symbol pcpu_chunk_lists");
	load();
	s = add(OFL_KIND_SLAB, 3, &slab);
	assert_null(s.holder);
	s = add(OFL_KIND_LRU, 3, &file);
	assert_null(s.holder);
	s = add(OFL_KIND_KERNEL, 9, &plain);
	assert_null(s.holder);
}

/* what has no row of its own is in one that a script can tell, and its pages are in it */
static void test_others(void **state)
{
	static const struct ofl_holder holder = { .name = "x" };
	struct ofl_share share[9];
	struct ofl_holder_rows rows = { .nr = 0 };
	uint64_t pages = 0, added = 0;
	size_t i;

	(void)state;
	for (i = 0; i < 9; i++)
		share[i] = (struct ofl_share){
			.ops = ofl_holder_table[0], .holder = &holder,
			.outcome = i < 5 ? OFL_OUT_BLOCKED : OFL_OUT_MIGRATE,
			.pages = 20 - i, .first_pfn = 0x200 - i, .objects = 3,
		};
	ofl_holder_rows_add(&rows, 7, 4096, share, 9, 3);
	/* 3 and the others of 5; 4 have 4, as the row of others would be of one */
	assert_int_equal(rows.nr, 8);
	for (i = 0; i < rows.nr; i++) {
		bool others = !strcmp(rows.row[i].kind, "others");

		assert_int_equal(others, i == 3);
		assert_int_equal(rows.row[i].holders, others ? 2 : 1);
		assert_int_equal(rows.row[i].block_nr, 7);
		assert_int_equal(rows.row[i].page_bytes, 4096);
		assert_int_equal(rows.row[i].objects, others ? 0 : 3);
		assert_int_equal(!rows.row[i].evidence, others);
		pages += rows.row[i].pages;
		added += rows.row[i].holders;
	}
	assert_int_equal(rows.row[3].first_pfn, 0x200 - 4);
	assert_int_equal(rows.row[3].pages, 17 + 16);
	assert_string_equal(rows.row[3].name,
			    "2 smaller holders; -a has a row for each");
	assert_int_equal(added, 9);
	assert_int_equal(pages, 9 * 20 - 36);
	ofl_holder_rows_free(&rows);
	ofl_holder_rows_add(&rows, 7, 4096, share, 9, SIZE_MAX);
	assert_int_equal(rows.nr, 9);
	ofl_holder_rows_free(&rows);
	ofl_holder_rows_add(&rows, 7, 4096, share, 9, 0);
	assert_int_equal(rows.nr, 2);
	ofl_holder_rows_free(&rows);
}

/* a line says how many it leaves out */
static void test_line(void **state)
{
	struct ofl_share share[2] = {
		{ .kind = OFL_KIND_KERNEL, .pages = 600 },
		{ .kind = OFL_KIND_SLAB, .pages = 1 },
	};
	char line[80];
	struct ofl_text text = ofl_text_over(line, sizeof(line));

	(void)state;
	assert_int_equal(ofl_holders_line(share, 2, 4096, &text), 0);
	assert_string_equal(line, "2400K not identified (kernel); "
			    "4K not identified (slab)");
	text = ofl_text_over(line, 46);
	assert_int_equal(ofl_holders_line(share, 2, 4096, &text), 1);
	assert_string_equal(line, "2400K not identified (kernel); 1 more");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(named), TEST(pool), TEST(pool_of_no_types),
		TEST(pool_of_another), TEST(pool_that_is_none),
		TEST(pool_without_name), TEST(path_of_7_2), TEST(added_up),
		TEST(tails),
		TEST(slab_cache_unknown), TEST(slab_name_wild),
		TEST(slab_name_unreadable), TEST(mapping_of_another),
		TEST(host_wild), TEST(host_unaligned), TEST(dentry_of_another),
		TEST(path_in_a_circle), TEST(name_in_user_space),
		TEST(chain_of_another), TEST(tree_in_a_circle),
		TEST(dentry_of_another_fs), TEST(root_with_a_parent),
		TEST(cgroup_of_another), TEST(path_not_known), TEST(disk),
		TEST(pagepool), TEST(pagepool_of_another), TEST(objects_of_slab),
		TEST(kmalloc), TEST(v5_10), TEST(chunk_types),
		TEST(tree_that_joins), TEST(tree_wild), TEST(process_gone),
		TEST(process_unmapped), TEST(process_unmapped_huge),
		TEST(cgroup_in_a_circle), TEST(list_breaks),
		TEST(list_not_known), TEST(tasks_break),
		TEST(tasks_break_behind), TEST(tasks_whole),
		TEST(thread_unreadable), TEST(areas_break),
		TEST(area_unreadable), TEST(area_of_a_module), TEST(vmap_nodes_wild),
		TEST(chunks_break), TEST(region), TEST(region_breaks),
		TEST(region_not_known), TEST(no_memory),
		TEST(list_in_a_circle), TEST(area_is_no_area),
		TEST(wild_struct_pages), TEST(no_mapping), TEST(no_facts),
		TEST(swiotlb), TEST(mapping_by_kind), TEST(pool_of_huge_pages),
		TEST(more), TEST(too_many),
		cmocka_unit_test(test_others), cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
