// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - answer the questions of target.h from a crash session */
#include <defs.h>

#include "crash/fence.h"
#include "crash/interrupt.h"
#include "crash/process.h"
#include "crash/reader.h"
#include "crash/target.h"
#include "crash/terminal.h"
#include "crash/types.h"
#include "target/text.h"

#define PAGES_AT_ONCE	32

static struct ofl_target target;

static bool fenced_readmem(uint64_t kva, void *buf, size_t bytes)
{
	struct ofl_fence f;
	volatile bool ok = false;

	ofl_fence_raise(&f);
	if (!setjmp(pc->foreach_loop_env))
		ok = readmem(kva, KVADDR, buf, (long)bytes, "offline.so",
			     RETURN_ON_ERROR | QUIET);
	ofl_fence_lower(&f);
	return ok;
}

/* bytes of one page, by the reader of the dump format */
static int read_piece(uint64_t kva, void *buf, size_t bytes)
{
	volatile int got = READ_ERROR;
	physaddr_t paddr = 0;
	struct ofl_fence f;

	ofl_fence_raise(&f);
	if (!setjmp(pc->foreach_loop_env))
		if (kvtop(NULL, kva, &paddr, 0))
			got = READMEM(pc->dfd, buf, (int)bytes, kva, paddr);
	ofl_fence_lower(&f);
	return got;
}

/*
 * readmem() does not say why it failed; the reader of the dump format does,
 * for one page at a time: what follows in memory need not follow in the dump.
 */
static enum ofl_read why_not(uint64_t kva, void *buf, size_t bytes)
{
	size_t first = PAGESIZE() - (kva & (PAGESIZE() - 1));

	if (ACTIVE() || REMOTE_DUMPFILE() || bytes > PAGESIZE())
		return OFL_READ_UNREADABLE;
	if (first > bytes)
		first = bytes;
	if (read_piece(kva, buf, first) == PAGE_EXCLUDED)
		return OFL_READ_EXCLUDED;
	if (bytes > first &&
	    read_piece(kva + first, (char *)buf + first,
		       bytes - first) == PAGE_EXCLUDED)
		return OFL_READ_EXCLUDED;
	return OFL_READ_UNREADABLE;
}

static bool fenced_kvtop(uint64_t kva, physaddr_t *paddr)
{
	struct ofl_fence f;
	volatile bool ok = false;

	ofl_fence_raise(&f);
	if (!setjmp(pc->foreach_loop_env))
		ok = kvtop(NULL, kva, paddr, 0);
	ofl_fence_lower(&f);
	return ok;
}

static bool crash_reads_the_same(uint64_t kva, const void *page)
{
	static char theirs[65536];	/* no larger page is ever read by us */

	return fenced_readmem(kva, theirs, PAGESIZE()) &&
	       !memcmp(theirs, page, PAGESIZE());
}

/* a page of the dump without crash; OFL_DUMP_ASK_HOST: it also knows why */
static enum ofl_dump_page read_page(uint64_t kva, void *page)
{
	struct ofl_dump *d = ofl_crash_reader();
	enum ofl_dump_page got;
	physaddr_t paddr = 0;

	if (!d || !fenced_kvtop(kva, &paddr))
		return OFL_DUMP_ASK_HOST;
	got = ofl_dump_read(d, paddr >> PAGESHIFT(), page);
	if (got != OFL_DUMP_READ ||
	    !ofl_crash_is_sample(paddr >> PAGESHIFT()) ||
	    crash_reads_the_same(kva, page))
		return got;
	ofl_crash_distrust(kva);
	return OFL_DUMP_ASK_HOST;
}

/* of pages from @kva on, in one fence; how many, from the first */
static size_t translate(uint64_t kva, size_t pages, physaddr_t *paddr)
{
	struct ofl_fence f;
	volatile size_t n = 0;

	ofl_fence_raise(&f);
	if (!setjmp(pc->foreach_loop_env))
		while (n < pages &&
		       kvtop(NULL, kva + n * PAGESIZE(), &paddr[n], 0))
			n++;
	ofl_fence_lower(&f);
	return n;
}

/* of @n translated pages those from the first on that follow each other */
static size_t contiguous(const physaddr_t *paddr, size_t n)
{
	size_t i;

	for (i = 1; i < n && paddr[i] == paddr[0] + i * PAGESIZE(); i++)
		;
	return i;
}

/* crash reads the samples among @n pages too; what differs is not handed out */
static size_t compare(uint64_t kva, const physaddr_t *paddr,
		      const unsigned char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, kva += PAGESIZE(), buf += PAGESIZE()) {
		if (!ofl_crash_is_sample(paddr[i] >> PAGESHIFT()) ||
		    crash_reads_the_same(kva, buf))
			continue;
		ofl_crash_distrust(kva);
		return 0;
	}
	return n;
}

static size_t crash_read_pages(void *ctx, uint64_t kva, void *buf, size_t pages)
{
	struct ofl_dump *d = ofl_crash_reader();
	physaddr_t paddr[PAGES_AT_ONCE];
	unsigned char *to = buf;
	size_t n, run, got, done = 0;

	(void)ctx;
	if (!d)
		return 0;
	n = translate(kva, pages < PAGES_AT_ONCE ? pages : PAGES_AT_ONCE, paddr);
	while (done < n) {
		run = contiguous(&paddr[done], n - done);
		got = ofl_dump_read_run(d, paddr[done] >> PAGESHIFT(),
					to + done * PAGESIZE(), run);
		done += got;
		if (got < run)
			break;
	}
	return compare(kva, paddr, buf, done);
}

/* does crash have something else where [kva, kva + bytes) should be? */
static bool any_short(uint64_t kva, size_t bytes)
{
	uint64_t in_page = kva & (PAGESIZE() - 1), at;
	physaddr_t paddr = 0;

	if (!ofl_crash_can_tell())
		return false;
	/* by offsets: a wild @kva may be in the last page that there is */
	for (at = 0; at < in_page + bytes; at += PAGESIZE())
		if (fenced_kvtop(kva - in_page + at, &paddr) &&
		    ofl_crash_is_short(paddr >> PAGESHIFT()))
			return true;
	return false;
}

static enum ofl_read crash_read(void *ctx, uint64_t kva, void *buf,
				size_t bytes)
{
	(void)ctx;
	if (bytes == PAGESIZE() && !(kva & (PAGESIZE() - 1)) &&
	    read_page(kva, buf) == OFL_DUMP_READ)
		return OFL_READ_OK;
	if (any_short(kva, bytes))
		return OFL_READ_UNREADABLE;
	return fenced_readmem(kva, buf, bytes) ? OFL_READ_OK :
						 why_not(kva, buf, bytes);
}

static bool crash_symbol(void *ctx, const char *name, uint64_t *ret)
{
	(void)ctx;
	if (!kernel_symbol_exists((char *)name))
		return false;
	*ret = symbol_value((char *)name);
	return true;
}

static bool crash_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	ulong offset = 0;
	struct syment *sp = value_search(kva, &offset);

	(void)ctx;
	if (!sp || offset)
		return false;
	ofl_text_put(buf, bytes, "%s", sp->name);
	return true;
}

static bool crash_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	ulong offset = 0;
	struct syment *sp = value_search(kva, &offset);

	(void)ctx;
	if (!sp)
		return false;
	ofl_text_put(buf, bytes, "%s", sp->name);
	return true;
}

static bool crash_physical(void *ctx, uint64_t kva, uint64_t pages,
			   uint64_t *pa_ret)
{
	physaddr_t first = 0, next = 0;
	uint64_t i;

	(void)ctx;
	if (!fenced_kvtop(kva, &first))
		return false;
	for (i = 1; i < pages; i++)
		if (!fenced_kvtop(kva + i * PAGESIZE(), &next) ||
		    next != first + i * PAGESIZE())
			return false;
	*pa_ret = first;
	return true;
}

static bool crash_vmcoreinfo(void *ctx, const char *key, char *buf,
			     size_t bytes)
{
	char *text = pc->read_vmcoreinfo(key);
	size_t len;

	(void)ctx;
	if (!text)
		return false;
	len = strcspn(text, "\n");
	if (len < bytes) {
		memcpy(buf, text, len);
		buf[len] = '\0';
	}
	free(text);
	return len < bytes;
}

static bool crash_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	(void)ctx;
	switch (what) {
	case OFL_HOST_PAGE_SIZE:
		*ret = PAGESIZE();
		return true;
	case OFL_HOST_SECTION_SIZE_BITS:
		*ret = (uint64_t)SECTION_SIZE_BITS();
		return *ret != 0;
	case OFL_HOST_MAX_PHYSMEM_BITS:
		*ret = MAX_PHYSMEM_BITS();
		return *ret != 0;
	case OFL_HOST_SPARSEMEM_EXTREME:
		*ret = IS_SPARSEMEM_EX() != 0;
		return IS_SPARSEMEM();
	case OFL_HOST_VMEMMAP:
		*ret = (machdep->flags & VMEMMAP) != 0;
		return true;
	case OFL_HOST_PAGEBLOCK_ORDER:
		/* a PMD maps as many pages as a page table has 8-byte entries */
		*ret = (uint64_t)__builtin_ctzl(PAGESIZE() / 8);
		return machine_type("X86_64") || machine_type("ARM64") ||
		       machine_type("RISCV64");
	case OFL_HOST_NO_MODULES:
		*ret = 1;
		return kt->flags & NO_MODULE_ACCESS;
	case OFL_NR_HOST:
		break;
	}
	return false;
}

static uint64_t crash_stamp(void *ctx)
{
	struct stat st;

	(void)ctx;
	if (!pc->dumpfile || stat(pc->dumpfile, &st))
		return 0;
	return ((uint64_t)st.st_mtim.tv_sec * 1000000000 +
		(uint64_t)st.st_mtim.tv_nsec) ^ (uint64_t)st.st_size << 40;
}

static const char *why_host_reads(void)
{
	if (ACTIVE())
		return "the system is live";
	if (REMOTE_MEMSRC())
		return "the dump is on a remote machine";
	if (!DISKDUMP_DUMPFILE() && !NETDUMP_DUMPFILE() && !KDUMP_DUMPFILE())
		return "the dump is neither kdump-compressed nor ELF";
	/*
	 * An arm64 kernel with the symbol xen_start_info is one of Xen's
	 * guests to crash; none has other page tables than its own.
	 */
	if ((XEN() && !machine_type("ARM64")) || XEN_CORE_DUMPFILE() ||
	    XEN_HYPER_MODE())
		return "Xen's own page tables lie between";
	return NULL;
}

static void crash_host_reads(void *ctx, bool on)
{
	struct ofl_crash_source from = {
		.why_host = why_host_reads(),
		.path = pc->dumpfile,
		.page_bytes = PAGESIZE(),
		.stamp = crash_stamp(ctx),
	};

	ofl_crash_open_reader(&from, on);
}

static void crash_rereads(void *ctx, bool on)
{
	(void)ctx;
	ofl_dump_keep(ofl_crash_reader(), on);
}

static void crash_reading(void *ctx, struct ofl_reading *ret)
{
	ofl_crash_reading(ctx, ret);
	ret->asked = ofl_crash_asked();
}

static bool crash_interrupted(void *ctx)
{
	(void)ctx;
	return ofl_interrupts_seen();
}

static void crash_sharing(void *ctx, struct ofl_sharing *ret)
{
	(void)ctx;
	ofl_crash_share(ret);
	ret->decompresses = DISKDUMP_DUMPFILE() != 0;
	if (ACTIVE())
		ret->why_not = "the system is live";
	else if (REMOTE_MEMSRC())
		ret->why_not = "the dump is on a remote machine";
}

static const struct ofl_memory_ops memory_ops = {
	.read = crash_read,
	.read_pages = crash_read_pages,
	.symbol = crash_symbol,
	.symbol_at = crash_symbol_at,
	.symbol_in = crash_symbol_in,
	.physical = crash_physical,
	.vmcoreinfo = crash_vmcoreinfo,
};

static const struct ofl_host_ops host_ops = {
	.number = crash_host,
	.stamp = crash_stamp,
	.types = ofl_crash_types,
	.interrupted = crash_interrupted,
	.progress = ofl_crash_progress,
	.columns = ofl_crash_columns,
	.reading = crash_reading,
	.host_reads = crash_host_reads,
	.rereads = crash_rereads,
	.sharing = crash_sharing,
	.start = ofl_crash_start,
	.stop = ofl_crash_stop,
};

const struct ofl_target *ofl_crash_target(void)
{
	target.memory = &memory_ops;
	target.types = &ofl_crash_type_ops;
	target.host = &host_ops;
	target.live = ACTIVE();
	snprintf(target.release, sizeof(target.release), "%.64s",
		 kt->utsname.release);
	snprintf(target.machine, sizeof(target.machine), "%.16s",
		 kt->utsname.machine);
	snprintf(target.nodename, sizeof(target.nodename), "%.64s",
		 kt->utsname.nodename);
	snprintf(target.crash, sizeof(target.crash), "%.31s", build_version);
	target.date_s = kt->date.tv_sec;
	return &target;
}

void ofl_crash_catch_interrupts(void)
{
	ofl_crash_asked_none();
	ofl_crash_progress_begin();
	ofl_interrupts_catch();
}

void ofl_crash_release_interrupts(void)
{
	ofl_crash_progress_end();
	ofl_interrupts_release();
}
