// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel.c - write the text of a small made-up kernel */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "layout/load.h"

#define ZONE_BYTES	0x100

static const char *const zone_name[K_ZONES] = {
	"DMA32", "Normal", "Movable", "Device",
};

void kernel_init(struct kernel *k)
{
	memset(k, 0, sizeof(*k));
	k->page_shift = 12;
	k->section_bits = 22;
	k->physmem_bits = 30;
	k->struct_page = 64;
	k->extreme = true;
	k->subsections = true;
}

void kernel_line(struct kernel *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(k->f, fmt, ap);
	va_end(ap);
	fputc('\n', k->f);
}

uint64_t kernel_section_pages(const struct kernel *k)
{
	return 1ull << (k->section_bits - k->page_shift);
}

uint64_t kernel_zone_bits(int node, int type)
{
	return (uint64_t)(node << 2 | type) << K_ZONE_SHIFT;
}

/* flags and compound_head are at their usual offsets; the union is at the end */
static unsigned int off_type(const struct kernel *k)
{
	return k->struct_page == 56 ? 40 : 48;
}

static void geometry(struct kernel *k)
{
	kernel_line(k, "release 0.0-made-up");
	kernel_line(k, "machine none");
	kernel_line(k, "vmcoreinfo OSRELEASE=0.0-made-up");
	kernel_line(k, "host page_size %u", 1u << k->page_shift);
	kernel_line(k, "host section_size_bits %u", k->section_bits);
	kernel_line(k, "host max_physmem_bits %u", k->physmem_bits);
	kernel_line(k, "host vmemmap 1");
	kernel_line(k, "host sparsemem_extreme %d", k->extreme);
	kernel_line(k, "struct page %u", k->struct_page);
	kernel_line(k, "member page.flags 0 8");
	kernel_line(k, "member page.compound_head 8 8");
	kernel_line(k, "member page.page_type %u 4", off_type(k));
	kernel_line(k, "member page._refcount %u 4", off_type(k) + 4);
}

static void sections(struct kernel *k)
{
	uint64_t count = 1ull << (k->physmem_bits - k->section_bits);
	uint64_t per_root = (1ull << k->page_shift) / 16, i;

	kernel_line(k, "struct mem_section 16");
	kernel_line(k, "member mem_section.section_mem_map 0 8");
	if (k->subsections) {
		kernel_line(k, "member mem_section.usage 8 8");
		/* a bit for 2 MiB, in whole words */
		kernel_line(k, "member mem_section_usage.subsection_map 16 %d",
			    k->section_bits > 27 ?
			    8 << (k->section_bits - 27) : 8);
	}
	kernel_line(k, "enumerator SECTION_TAINT_ZONE_DEVICE_BIT 4");
	kernel_line(k, "enumerator SECTION_MAP_LAST_BIT 5");
	kernel_line(k, "mem %" PRIx64 " 0*%" PRIu64, K_ROOT, count * 2 + per_root * 2);
	if (!k->extreme) {
		kernel_line(k, "symbol mem_section %" PRIx64, K_ROOT);
		return;
	}
	kernel_line(k, "symbol mem_section %" PRIx64, K_SYMBOL);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL, K_ROOTS);
	for (i = 0; i * per_root < count; i++)
		kernel_line(k, "mem %" PRIx64 " %" PRIx64, K_ROOTS + i * 8,
			    K_ROOT + i * per_root * 16);
}

static void zones(struct kernel *k)
{
	int node, type;

	kernel_line(k, "symbol node_data %" PRIx64, K_SYMBOL + 0x100);
	kernel_line(k, "array node_data %d", K_NODES);
	kernel_line(k, "member pglist_data.node_zones 0 1024");
	kernel_line(k, "struct zone %d", ZONE_BYTES);
	kernel_line(k, "member zone.zone_start_pfn 0 8");
	kernel_line(k, "member zone.spanned_pages 8 8");
	kernel_line(k, "member zone.name 24 8");
	kernel_line(k, "enumerator __MAX_NR_ZONES %d", K_ZONES);
	kernel_line(k, "enumerator ZONE_DEVICE %d", K_ZONES - 1);
	for (type = 0; type < K_ZONES; type++)
		kernel_line(k, "text %" PRIx64 " %s", K_SYMBOL + 0x200 + type * UINT64_C(16),
			    zone_name[type]);
	for (node = 0; node < K_NODES; node++) {
		kernel_line(k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL + 0x100 + node * UINT64_C(8),
			    K_PGDAT + node * UINT64_C(0x10000));
		for (type = 0; type < K_ZONES; type++)
			kernel_zone(k, node, type, 0, 0);
	}
}

static void page_flags(struct kernel *k)
{
	static const struct {
		unsigned int mask;
		const char *name;
	} flag[] = {
		{ K_LOCKED, "locked" }, { K_DIRTY, "dirty" }, { K_LRU, "lru" },
		{ K_SLAB, "slab" }, { K_RESERVED, "reserved" },
		{ K_HEAD, "head" },
	};
	uint64_t at = K_SYMBOL + 0x400;
	size_t i;

	kernel_line(k, "symbol pageflag_names %" PRIx64, at);
	for (i = 0; i < sizeof(flag) / sizeof(flag[0]); i++) {
		kernel_line(k, "mem %" PRIx64 " %x %" PRIx64, at + i * 16,
			    flag[i].mask, K_SYMBOL + 0x600 + i * UINT64_C(16));
		kernel_line(k, "text %" PRIx64 " %s", K_SYMBOL + 0x600 + i * UINT64_C(16),
			    flag[i].name);
	}
	kernel_line(k, "mem %" PRIx64 " 0 0", at + i * 16);
	kernel_line(k, "enumerator PGTY_offline 241");
	kernel_line(k, "vmcoreinfo NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240");
}

static void blocks(struct kernel *k)
{
	kernel_line(k, "symbol sections_per_block %" PRIx64, K_SYMBOL + 0x20);
	kernel_line(k, "mem %" PRIx64 " b01 b00 b00 b00", K_SYMBOL + 0x20);
	kernel_line(k, "symbol memory_blocks %" PRIx64, K_SYMBOL + 0x30);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL + 0x38, K_XA + 2);
	kernel_line(k, "member xarray.xa_head 8 8");
	kernel_line(k, "member xa_node.slots 40 512");
	kernel_line(k, "member memory_block.start_section_nr 0 8");
	kernel_line(k, "member memory_block.state 8 4");
	kernel_line(k, "enumerator MEM_ONLINE 0");
	kernel_line(k, "enumerator MEM_GOING_OFFLINE 1");
	kernel_line(k, "enumerator MEM_OFFLINE 2");
	kernel_line(k, "mem %" PRIx64 " 0*64", K_XA + 40);
}

void kernel_open(struct kernel *k)
{
	k->f = open_memstream(&k->text, &k->len);
	geometry(k);
	sections(k);
	zones(k);
	page_flags(k);
	blocks(k);
}

void kernel_zone(struct kernel *k, int node, int type, uint64_t start_pfn,
		 uint64_t pages)
{
	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " 0*28",
		    K_PGDAT + (uint64_t)node * 0x10000 + (uint64_t)type * ZONE_BYTES,
		    start_pfn, pages, pages, K_SYMBOL + 0x200 + (uint64_t)type * 16);
}

void kernel_section(struct kernel *k, uint64_t nr, uint64_t flags,
		    uint64_t bits)
{
	uint64_t usage = K_USAGE + nr * 0x1000;

	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, K_ROOT + nr * 16,
		    K_VMEMMAP | flags, usage);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64 "*32", usage + 16, bits);
}

void kernel_pages(struct kernel *k, uint64_t pfn, uint64_t count,
		  uint64_t flags, uint32_t type, int32_t refcount)
{
	unsigned int i;

	fprintf(k->f, "mem %" PRIx64 " (", K_VMEMMAP + pfn * k->struct_page);
	for (i = 0; i < k->struct_page; i += 8)
		fprintf(k->f, " %" PRIx64, i == 0 ? flags :
			i == off_type(k) ?
			(uint64_t)(uint32_t)refcount << 32 | type : 0);
	kernel_line(k, " )*%" PRIu64, count);
}

void kernel_block(struct kernel *k, uint64_t nr, uint64_t state)
{
	kernel_line(k, "mem %" PRIx64 " %" PRIx64, K_XA + 40 + nr * 8, K_BLOCK + nr * 0x100);
	kernel_line(k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, K_BLOCK + nr * 0x100, nr,
		    state);
}

void kernel_small(struct kernel *k)
{
	uint64_t pages = kernel_section_pages(k), nr;

	kernel_zone(k, 0, 1, 0, 2 * pages);
	kernel_zone(k, 1, 2, 2 * pages, 2 * pages);
	for (nr = 0; nr < 4; nr++) {
		kernel_section(k, nr, K_LIVE | (nr ? 0 : K_EARLY), ~0ull);
		kernel_pages(k, nr * pages, pages, K_LRU |
			     kernel_zone_bits(nr / 2, nr / 2 ? 2 : 1),
			     K_NO_TYPE, 1);
		kernel_block(k, nr, 0);
	}
}

void kernel_pageblocks(struct kernel *k)
{
	static const char *const line[] = {
		"member page.private 40 8", "member page.lru 8 16",
		"member page.mapping 24 8", "enumerator ZONE_MOVABLE 2",
		"enumerator PGTY_buddy 240", "host pageblock_order 6",
		"enumerator MIGRATE_CMA 4", "enumerator MIGRATE_ISOLATE 5",
		"enumerator NR_PAGEBLOCK_BITS 4",
		"member mem_section_usage.pageblock_flags 1024 0",
	};
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		kernel_line(k, "%s", line[i]);
}

void kernel_load(struct kernel *k, struct texttarget *tt)
{
	struct ofl_err err = { .status = OFL_OK };

	fclose(k->f);
	if (texttarget_parse(tt, k->text, &err)) {
		fprintf(stderr, "%s\n%s", err.text, k->text);
		abort();
	}
	free(k->text);
	k->text = NULL;
}

/* a test's kernel is whole: it says itself what it leaves out */
static void must(enum ofl_status st, const struct ofl_err *err)
{
	if (!st)
		return;
	fprintf(stderr, "%s\n", err->text);
	abort();
}

void kernel_layout(struct kernel *k, struct texttarget *tt,
		   struct ofl_layout *l)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_load(k, tt);
	must(ofl_layout_load(&tt->target, l, &err), &err);
}

void kernel_late(struct kernel *k, struct texttarget *tt, struct ofl_layout *l)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_layout(k, tt, l);
	must(ofl_layout_load_late(&tt->target, l, &err), &err);
}

void kernel_nodes(struct kernel *k, struct texttarget *tt, struct ofl_layout *l,
		  struct ofl_nodes *n)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_layout(k, tt, l);
	must(ofl_nodes_load(&tt->target, l, n, &err), &err);
}
