// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * huge.c - what commands cost on a machine that nobody can boot here
 *
 *	huge FIXTURE GIB < COMMAND-LINES
 *
 * The kernel of FIXTURE (types, zones, drivers, its own memory) with GIB more
 * memory in ZONE_MOVABLE of its node 0, from 1 TiB on. Its sections, memory
 * blocks of 2 GiB, resource and struct pages are made when they are read, so
 * nothing of them takes memory here. A block is of one of the kinds below, by
 * its number. Each command has a session of its own; a line a command: seconds
 * of the processor that it took, of those the ones that making struct pages
 * took, KiB of resident memory at most, and the last line that it printed.
 *
 * It takes what 6.1 is like for granted (offsets come from FIXTURE, encodings
 * do not), as it is run with one fixture only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "commands/run.h"
#include "target/count.h"
#include "texttarget.h"

#define PAGE_BYTES	64u		/* of a struct page */
#define SECTION_PAGES	32768u		/* 128 MiB */
#define BLOCK_SECTIONS	16u		/* 2 GiB, as large machines have */
#define ROOT_SECTIONS	256u		/* mem_sections of 16 bytes in a page */
#define FIRST_SECTION	8192u		/* at 1 TiB */
#define TEMPLATE_PAGES	1024u		/* the largest free block */
#define SLOTS		64u		/* of an xa_node */
#define NODE_SLOTS	40u		/* where they are */
#define ZONE_MOVABLE	3u

/* where what is made lies: nothing else of a kernel does */
#define ROOTS_KVA	UINT64_C(0xffffa00000000000)
#define XARRAY_KVA	UINT64_C(0xffffa10000000000)	/* 1 << 32 a level */
#define BLOCKS_KVA	UINT64_C(0xffffa20000000000)
#define RESOURCE_KVA	UINT64_C(0xffffa30000000000)
#define BLOCK_BYTES	0x400u

/** struct word - eight bytes of FIXTURE's memory that say something else */
struct word {
	uint64_t kva, value;
};

struct huge;

/** struct stretch - memory that is made when it is read */
struct stretch {
	uint64_t kva, bytes;
	uint64_t first;		/* offset that @kva has for @make */
	void (*make)(const struct huge *h, uint64_t offset, void *buf,
		     size_t bytes);
};

/** struct huge - the target: FIXTURE, and what is laid over it */
struct huge {
	struct texttarget tt;	/* first: its other ops find themselves here */
	struct ofl_memory_ops memory;
	enum ofl_read (*under)(void *ctx, uint64_t kva, void *buf, size_t bytes);

	uint64_t blocks;	/* all of them, from physical address 0 on */
	uint64_t vmemmap_kva, usage_kva, zone_kva;
	uint64_t section_flags;
	struct word word[16];
	size_t nr_words;
	struct stretch stretch[12];
	size_t nr_stretches;
	struct timespec making;
	uint64_t *template[8];	/* struct pages of a kind; [0]: none */
};

static void die(const char *what)
{
	fprintf(stderr, "huge: %s\n", what);
	exit(2);
}

/* ---- struct pages ---- */

/** struct kind - how the pages of a block look */
struct kind {
	unsigned int order;	/* of its compound pages or free blocks */
	uint64_t flags;		/* of a first page, without zone and node */
	uint64_t tail;		/* flags of the others */
	uint64_t dtor_order;	/* word 2 of the second page, if compound */
	uint64_t mapping;
	uint64_t private;
	uint64_t type_count;	/* page_type and _refcount of a first page */
	uint64_t rest;		/* and of the others */
};

#define PLAIN		UINT64_C(0xffffffff)
#define COUNTED(n)	((uint64_t)(n) << 32)
#define LRU		(UINT64_C(1) << 4)
#define UPTODATE	(UINT64_C(1) << 2)
#define SLAB		(UINT64_C(1) << 9)
#define HEAD		(UINT64_C(1) << 16)
#define SWAPBACKED	(UINT64_C(1) << 19)

/* every fourth block is free, every eighth has a page that blocks */
static const struct kind kinds[] = {
	{ 10, 0, 0, 0, 0, 10, COUNTED(0) | 0xffffff7f, PLAIN },	/* free */
	{ 0, LRU | UPTODATE | SWAPBACKED, 0, 0, 1, 0, PLAIN | COUNTED(1), 0 },
	{ 9, LRU | UPTODATE | SWAPBACKED | HEAD, 0, 0x0901, 1, 0,
	  PLAIN | COUNTED(1), PLAIN },				/* THP */
	{ 0, 0, 0, 0, 0, 0, 0xfffffeff | COUNTED(1), 0 },	/* offline */
	{ 10, 0, 0, 0, 0, 10, COUNTED(0) | 0xffffff7f, PLAIN },	/* free */
	{ 3, SLAB | HEAD, 0, 0x0301, 0, 0, PLAIN | COUNTED(1), PLAIN },
	{ 0, LRU | UPTODATE, 0, 0, 1, 0, PLAIN | COUNTED(1), 0 },
};

/* a pattern of TEMPLATE_PAGES, as if it began at pfn 0 */
static uint64_t *template(const struct huge *h, const struct kind *k,
			  uint64_t zone_bits)
{
	uint64_t *page = calloc(TEMPLATE_PAGES, PAGE_BYTES), i;

	if (!page)
		die("no memory");
	for (i = 0; i < TEMPLATE_PAGES; i++) {
		uint64_t nth = i & ((1u << k->order) - 1), *w = page + i * 8;

		w[0] = zone_bits | (nth ? k->tail : k->flags);
		w[6] = nth ? k->rest : k->type_count;
		if (!nth) {
			w[3] = k->mapping;
			w[5] = k->private;
		} else if (k->flags & HEAD) {
			w[1] = h->vmemmap_kva + (i - nth) * PAGE_BYTES + 1;
			w[2] = nth == 1 ? k->dtor_order : 0;
		}
	}
	return page;
}

static unsigned int kind_of(uint64_t pfn)
{
	return (unsigned int)(pfn / SECTION_PAGES / BLOCK_SECTIONS %
			      OFL_COUNT(kinds));
}

/* whole struct pages; those of a template that point to a head are moved */
static void copy_pages(const struct huge *h, uint64_t pfn, uint64_t *to,
		       size_t nr)
{
	while (nr) {
		uint64_t first = pfn % TEMPLATE_PAGES, i;
		const uint64_t *from = h->template[kind_of(pfn)] + first * 8;
		size_t n = TEMPLATE_PAGES - first < nr ? TEMPLATE_PAGES - first : nr;

		memcpy(to, from, n * PAGE_BYTES);
		if (kinds[kind_of(pfn)].flags & HEAD)
			for (i = 0; i < n; i++)
				if (to[i * 8 + 1] & 1)
					to[i * 8 + 1] += (pfn - first) * PAGE_BYTES;
		pfn += n;
		to += n * 8;
		nr -= n;
	}
}

static void make_memmap(const struct huge *h, uint64_t offset, void *buf,
			size_t bytes)
{
	uint64_t pfn = offset / PAGE_BYTES, page[8];
	char *to = buf;

	while (bytes) {
		size_t skip = offset % PAGE_BYTES, n = PAGE_BYTES - skip;

		if (!skip && bytes >= PAGE_BYTES) {
			n = bytes / PAGE_BYTES;
			copy_pages(h, pfn, (uint64_t *)(void *)to, n);
			pfn += n;
			n *= PAGE_BYTES;
		} else {
			copy_pages(h, pfn++, page, 1);
			n = n < bytes ? n : bytes;
			memcpy(to, (char *)page + skip, n);
		}
		to += n;
		offset += n;
		bytes -= n;
	}
}

/* ---- everything else that is made ---- */

/* words of eight bytes, each by its number, copied from anywhere */
static void make_words(const struct huge *h, uint64_t offset, void *buf,
		       size_t bytes,
		       uint64_t (*word)(const struct huge *h, uint64_t nr))
{
	char *to = buf;

	while (bytes) {
		size_t skip = offset % 8, n = 8 - skip < bytes ? 8 - skip : bytes;
		uint64_t w = word(h, offset / 8);

		memcpy(to, (char *)&w + skip, n);
		to += n;
		offset += n;
		bytes -= n;
	}
}

static uint64_t root(const struct huge *h, uint64_t nr)
{
	(void)h;
	return ROOTS_KVA + nr * ROOT_SECTIONS * 16;
}

static void make_roots(const struct huge *h, uint64_t offset, void *buf,
		       size_t bytes)
{
	make_words(h, offset, buf, bytes, root);
}

/* struct mem_section: section_mem_map, usage */
static uint64_t section(const struct huge *h, uint64_t nr)
{
	return nr % 2 ? h->usage_kva : h->vmemmap_kva | h->section_flags;
}

static void make_sections(const struct huge *h, uint64_t offset, void *buf,
			  size_t bytes)
{
	make_words(h, offset, buf, bytes, section);
}

static bool there(const struct huge *h, uint64_t block)
{
	return block == 0 || block == 2 ||
	       (block >= FIRST_SECTION / BLOCK_SECTIONS && block < h->blocks);
}

/* three levels of nodes of SLOTS; @nr: words of a level, 1 << 29 a level */
static uint64_t slot(const struct huge *h, uint64_t nr)
{
	uint64_t level = nr >> 29, node = (nr & ((1u << 29) - 1)) / 128;
	uint64_t word = nr % 128, index;

	if (word < NODE_SLOTS / 8 || word >= NODE_SLOTS / 8 + SLOTS)
		return 0;
	index = node * SLOTS + word - NODE_SLOTS / 8;
	if (level == 2)
		return there(h, index) ? BLOCKS_KVA + index * BLOCK_BYTES : 0;
	if (index * SLOTS * (level ? 1 : SLOTS) >= h->blocks)
		return 0;
	return XARRAY_KVA + ((level + 1) << 32) + index * 1024 + 2;
}

static void make_xarray(const struct huge *h, uint64_t offset, void *buf,
			size_t bytes)
{
	make_words(h, offset, buf, bytes, slot);
}

/* start_section_nr, state, nid behind an int, zone; nr_vmemmap_pages is 0 */
static uint64_t block(const struct huge *h, uint64_t nr)
{
	switch (nr % (BLOCK_BYTES / 8)) {
	case 0:
		return nr / (BLOCK_BYTES / 8) * BLOCK_SECTIONS;
	case 1:
		return 1;	/* MEM_ONLINE */
	case 3:
		return h->zone_kva;
	default:
		return 0;
	}
}

static void make_blocks(const struct huge *h, uint64_t offset, void *buf,
			size_t bytes)
{
	make_words(h, offset, buf, bytes, block);
}

/* ---- laid over FIXTURE ---- */

static void over(uint64_t kva, void *buf, size_t bytes, uint64_t at,
		 const void *with, size_t size)
{
	uint64_t from = kva > at ? kva : at;
	uint64_t to = kva + bytes < at + size ? kva + bytes : at + size;

	if (from < to)
		memcpy((char *)buf + (from - kva),
		       (const char *)with + (from - at), to - from);
}

static void lay_over(struct huge *h, const struct stretch *s, uint64_t kva,
		     void *buf, size_t bytes)
{
	uint64_t from = kva > s->kva ? kva : s->kva;
	uint64_t to = kva + bytes < s->kva + s->bytes ? kva + bytes :
							s->kva + s->bytes;
	struct timespec a, b;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	s->make(h, s->first + from - s->kva, (char *)buf + (from - kva), to - from);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	h->making.tv_sec += b.tv_sec - a.tv_sec;
	h->making.tv_nsec += b.tv_nsec - a.tv_nsec;
}

static enum ofl_read huge_read(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	struct huge *h = ctx;
	const struct stretch *s;
	enum ofl_read how = OFL_READ_OK;
	size_t i;

	for (s = h->stretch; s < h->stretch + h->nr_stretches; s++)
		if (kva >= s->kva && kva + bytes <= s->kva + s->bytes)
			break;
	if (s == h->stretch + h->nr_stretches)
		how = h->under(ctx, kva, buf, bytes);
	if (how)
		return how;
	for (s = h->stretch; s < h->stretch + h->nr_stretches; s++)
		if (kva < s->kva + s->bytes && s->kva < kva + bytes)
			lay_over(h, s, kva, buf, bytes);
	for (i = 0; i < h->nr_words; i++)
		over(kva, buf, bytes, h->word[i].kva, &h->word[i].value, 8);
	return OFL_READ_OK;
}

static uint64_t symbol(struct huge *h, const char *name)
{
	uint64_t kva;

	if (!ofl_symbol(&h->tt.target, name, &kva))
		die(name);
	return kva;
}

static uint64_t word(struct huge *h, uint64_t kva)
{
	uint64_t value;

	if (!ofl_read_u64(&h->tt.target, kva, &value)) {
		fprintf(stderr, "huge: the fixture has nothing at %" PRIx64 "\n",
			kva);
		exit(2);
	}
	return value;
}

static uint64_t place(struct huge *h, const char *type, const char *member)
{
	struct ofl_member m;

	if (!ofl_member(&h->tt.target, type, member, &m))
		die(member);
	return m.offset_bytes;
}

static void say(struct huge *h, uint64_t kva, uint64_t value)
{
	if (h->nr_words == OFL_COUNT(h->word))
		die("too many words");
	h->word[h->nr_words++] = (struct word){ kva, value };
}

static void stretch(struct huge *h, uint64_t kva, uint64_t bytes,
		    void (*make)(const struct huge *, uint64_t, void *, size_t))
{
	if (h->nr_stretches == OFL_COUNT(h->stretch))
		die("too many stretches");
	h->stretch[h->nr_stretches++] = (struct stretch){ kva, bytes, 0, make };
}

/* @kva: of the first mem_section */
static void add_memmap(struct huge *h, uint64_t kva, uint64_t first_section,
		       uint64_t sections)
{
	uint64_t offset = first_section * SECTION_PAGES * PAGE_BYTES;

	stretch(h, kva, sections * 16, make_sections);
	stretch(h, h->vmemmap_kva + offset,
		sections * SECTION_PAGES * PAGE_BYTES, make_memmap);
	h->stretch[h->nr_stretches - 1].first = offset;
}

/* a mem_section of FIXTURE's hot-added memory is the model of all */
static void add_sections(struct huge *h, uint64_t sections)
{
	uint64_t roots = word(h, symbol(h, "mem_section"));
	uint64_t first = FIRST_SECTION / ROOT_SECTIONS;
	uint64_t like = word(h, roots) + 33u * 16, map = word(h, like), bits;
	size_t i;

	h->vmemmap_kva = map & ~UINT64_C(63);
	h->section_flags = map & 63;
	h->usage_kva = word(h, like + 8);
	bits = word(h, h->vmemmap_kva + 33ull * SECTION_PAGES * PAGE_BYTES);
	bits &= ~UINT64_C(0) << 51;	/* zone and node */
	for (i = 0; i < OFL_COUNT(kinds); i++)
		h->template[i] = template(h, &kinds[i], bits);
	stretch(h, roots + first * 8, sections / ROOT_SECTIONS * 8, make_roots);
	add_memmap(h, ROOTS_KVA, FIRST_SECTION, sections);
	/* FIXTURE's memory fills its two blocks by half */
	add_memmap(h, word(h, roots) + 8ull * 16, 8, 8);
	add_memmap(h, word(h, roots) + 40ull * 16, 40, 8);
}

static void add_blocks(struct huge *h, uint64_t sections)
{
	h->blocks = (FIRST_SECTION + sections) / BLOCK_SECTIONS;
	if (h->blocks > SLOTS * SLOTS * SLOTS)
		die("too much memory");
	say(h, symbol(h, "sections_per_block"), BLOCK_SECTIONS);
	say(h, symbol(h, "memory_blocks") + place(h, "xarray", "xa_head"),
	    XARRAY_KVA + 2);
	stretch(h, XARRAY_KVA, UINT64_C(3) << 32, make_xarray);
	stretch(h, BLOCKS_KVA, h->blocks * BLOCK_BYTES, make_blocks);
}

static void add_to_zone(struct huge *h, uint64_t end_pfn)
{
	uint64_t node = word(h, symbol(h, "node_data")), bytes;
	uint64_t spanned = place(h, "zone", "spanned_pages");
	uint64_t first;

	if (!ofl_struct_bytes(&h->tt.target, "zone", &bytes))
		die("struct zone");
	h->zone_kva = node + place(h, "pglist_data", "node_zones") +
		      ZONE_MOVABLE * bytes;
	first = word(h, h->zone_kva + place(h, "zone", "zone_start_pfn"));
	say(h, h->zone_kva + spanned, end_pfn - first);
}

static uint64_t resource_member(struct huge *h, uint64_t kva, const char *member)
{
	return word(h, kva + place(h, "resource", member));
}

/* the last of the resources of the top gets a sibling that is System RAM */
static void add_resource(struct huge *h, uint64_t end_pfn)
{
	uint64_t sibling = place(h, "resource", "sibling");
	uint64_t last = resource_member(h, symbol(h, "iomem_resource"), "child");
	uint64_t next, ram = 0;

	while ((next = word(h, last + sibling))) {
		char name[16];

		if (ofl_read_str(&h->tt.target, resource_member(h, last, "name"),
				 name, sizeof(name)) &&
		    !strcmp(name, "System RAM"))
			ram = last;
		last = next;
	}
	if (!ram)
		die("the fixture has no System RAM");
	say(h, last + sibling, RESOURCE_KVA);
	say(h, RESOURCE_KVA + place(h, "resource", "start"),
	    (uint64_t)FIRST_SECTION * SECTION_PAGES << 12);
	say(h, RESOURCE_KVA + place(h, "resource", "end"), (end_pfn << 12) - 1);
	say(h, RESOURCE_KVA + place(h, "resource", "name"),
	    resource_member(h, ram, "name"));
	say(h, RESOURCE_KVA + place(h, "resource", "flags"),
	    resource_member(h, ram, "flags"));
}

static void make_nothing(const struct huge *h, uint64_t offset, void *buf,
			 size_t bytes)
{
	(void)h;
	(void)offset;
	memset(buf, 0, bytes);
}

static void open_huge(struct huge *h, const char *path, uint64_t gib)
{
	struct ofl_err err = { .status = OFL_OK };
	uint64_t sections = gib * 8 / ROOT_SECTIONS * ROOT_SECTIONS;
	uint64_t end_pfn = (FIRST_SECTION + sections) * SECTION_PAGES;

	memset(h, 0, sizeof(*h));
	if (texttarget_load(&h->tt, path, &err))
		die(err.text);
	add_sections(h, sections);
	add_to_zone(h, end_pfn);
	add_resource(h, end_pfn);
	stretch(h, RESOURCE_KVA, 0x100, make_nothing);
	add_blocks(h, sections);
	h->memory = *h->tt.target.memory;
	h->under = h->memory.read;
	h->memory.read = huge_read;
	h->tt.target.memory = &h->memory;
}

/* ---- the commands ---- */

static double seconds(const struct timespec *t)
{
	return (double)t->tv_sec + (double)t->tv_nsec / 1e9;
}

static const char *last_line(char *text)
{
	char *end = text + strlen(text), *line;

	while (end > text && end[-1] == '\n')
		*--end = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

static void run_line(struct huge *h, char *line)
{
	char *argv[16], *save = NULL, *word, *text = NULL;
	struct ofl_err err = { .status = OFL_OK };
	struct timespec from, to;
	struct ofl_session s;
	struct rusage usage;
	size_t len;
	int argc = 0;
	FILE *f = open_memstream(&text, &len);

	for (word = strtok_r(line, " \n", &save); word && argc < 15;
	     word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (!argc || !f)
		die("an empty line, or no memory");
	h->making = (struct timespec){ 0, 0 };
	ofl_session_init(&s, &h->tt.target);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	if (ofl_command_run(&s, argc, argv, f, &err))
		fprintf(f, "%s: %s\n", argv[0], err.text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ofl_session_drop(&s);
	fclose(f);
	getrusage(RUSAGE_SELF, &usage);
	printf("%.3f %.3f %ld %s\n", seconds(&to) - seconds(&from),
	       seconds(&h->making), usage.ru_maxrss, last_line(text));
	fflush(stdout);
	free(text);
}

int main(int argc, char **argv)
{
	struct huge h;
	char line[256];
	size_t i;

	if (argc != 3)
		die("huge FIXTURE GIB < COMMAND-LINES");
	open_huge(&h, argv[1], strtoull(argv[2], NULL, 10));
	while (fgets(line, sizeof(line), stdin))
		run_line(&h, line);
	for (i = 0; i < OFL_COUNT(kinds); i++)
		free(h.template[i]);
	texttarget_free(&h.tt);
	return 0;
}
