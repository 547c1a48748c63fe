/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * was: did a page become something else since the dump?
 *
 *   was save FILE           keep what /proc/kpageflags says of every page
 *   was PFN FILE            say what a page was then: free, other (than now), same
 *   was huge PFN PAGES FILE in huge pages now and then, and now only, from PFN on
 *   was held PFN PAGES      what the kernel may hold now, PFN+PAGES a run, in hex:
 *                           neither free, nor on an LRU list, nor of a huge page
 *
 * PFN is hex, PAGES decimal. A page on a per-cpu list looks like one that the
 * kernel uses, then and now.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* include/uapi/linux/kernel-page-flags.h */
#define KPF_LRU	     (UINT64_C(1) << 5)
#define KPF_SLAB     (UINT64_C(1) << 7)
#define KPF_BUDDY    (UINT64_C(1) << 10)
#define KPF_COMPOUND (UINT64_C(3) << 15)
#define KPF_HUGE     (UINT64_C(1) << 17)
#define KPF_NOPAGE   (UINT64_C(1) << 20)
#define KPF_THP	     (UINT64_C(1) << 22)
#define KPF_OFFLINE  (UINT64_C(1) << 23)
#define KPF_PGTABLE  (UINT64_C(1) << 26)
#define NOT_HELD     (KPF_LRU | KPF_BUDDY | KPF_HUGE | KPF_NOPAGE | KPF_THP | KPF_OFFLINE)
#define RUNS	     400 /* more say nothing, and take the serial line a second */
#define KINDS	     (KPF_LRU | KPF_SLAB | KPF_BUDDY | KPF_COMPOUND | KPF_HUGE | KPF_OFFLINE | KPF_PGTABLE)

static int save(const char *name)
{
	static uint64_t flags[32768];
	int from = open("/proc/kpageflags", O_RDONLY), to = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	ssize_t got;

	if (from < 0 || to < 0)
		return 1;
	while ((got = read(from, flags, sizeof(flags))) > 0)
		if (write(to, flags, (size_t)got) != got)
			return 1;
	return got < 0;
}

static int look(const char *name, off_t pfn, uint64_t *ret)
{
	int file = open(name, O_RDONLY);

	return file < 0 || pread(file, ret, sizeof(*ret), pfn * 8) != sizeof(*ret);
}

static int count_huge(off_t pfn, off_t pages, const char *name)
{
	int before = open(name, O_RDONLY), flags = open("/proc/kpageflags", O_RDONLY);
	static uint64_t then[4096], now[4096];
	unsigned long kept = 0, came = 0;

	if (before < 0 || flags < 0)
		return 1;
	for (off_t end = pfn + pages; pfn < end; pfn += 4096) {
		if (pread(before, then, sizeof(then), pfn * 8) != sizeof(then) ||
		    pread(flags, now, sizeof(now), pfn * 8) != sizeof(now))
			return 1;
		for (int i = 0; i < 4096; i++)
			if (now[i] & KPF_HUGE)
				(*(then[i] & KPF_HUGE ? &kept : &came))++;
	}
	printf("%lu %lu\n", kept, came);
	return 0;
}

static int list_held(off_t pfn, off_t pages)
{
	int flags = open("/proc/kpageflags", O_RDONLY), runs = 0;
	static uint64_t now[4096];
	off_t start = -1;

	for (off_t end = pfn + pages; pfn < end; pfn += 4096) {
		if (flags < 0 || pread(flags, now, sizeof(now), pfn * 8) != sizeof(now))
			return 1;
		for (int i = 0; i < 4096; i++) {
			int held = !(now[i] & NOT_HELD), last = pfn + i + 1 == end;

			if (held && start < 0)
				start = pfn + i;
			if (start < 0 || (held && !last))
				continue;
			if (++runs <= RUNS)
				printf("%llx+%llx ", (long long)start, (long long)(pfn + i + held - start));
			start = -1;
		}
	}
	puts(runs > RUNS ? "more" : "end");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t then, now;
	off_t pfn;

	if (argc == 5 && !strcmp(argv[1], "huge"))
		return count_huge(strtoll(argv[2], NULL, 16), strtoll(argv[3], NULL, 10), argv[4]);
	if (argc == 4 && !strcmp(argv[1], "held"))
		return list_held(strtoll(argv[2], NULL, 16), strtoll(argv[3], NULL, 10));
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "save"))
		return save(argv[2]);
	pfn = strtoll(argv[1], NULL, 16);
	if (look(argv[2], pfn, &then) || look("/proc/kpageflags", pfn, &now))
		return 1;
	puts(then & KPF_BUDDY ? "free" : (then ^ now) & KINDS ? "other" : "same");
	return 0;
}
