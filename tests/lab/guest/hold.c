/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold WHAT MIB [MORE]: fill memory in one way, say "ready" and keep it so.
 *
 *   anon MIB            small anonymous pages
 *   mlock MIB           the same, locked
 *   thp MIB             transparent huge pages
 *   hugetlb MIB USED    a mapping of huge pages: USED MiB of it are touched, the
 *                       rest stays free but promised
 *   gigantic MIB USED   the same with pages of 1 GiB
 *   pin MIB STEP        anonymous pages; one every STEP KiB lies in a pipe, whose
 *                       reference keeps it from being migrated
 *   part MIB            transparent huge pages, every other small page given back
 *   truncated MIB       pages of a file that was cut off since; each of them lies in
 *                       a pipe
 *   files COUNT FOLDER  small files: dentries and inodes (not MiB; returns at once)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MIB	 (1ul << 20)
#define HUGE	 (2 * MIB)
#define PIPE_MAX (256 * 4096)	/* what any user may ask for: 256 pages */

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static char *map(size_t bytes, int flags)
{
	char *memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (memory == MAP_FAILED)
		exit(fail("hold: mmap"));
	return flags & MAP_HUGETLB ? memory : (char *)(((size_t)memory + HUGE - 1) & ~(HUGE - 1));
}

/* what lies in a pipe is referenced, but not pinned in a way that moves it first */
static void put_in_pipes(char *memory, size_t bytes, size_t step)
{
	int pipes[2] = { -1, -1 };
	size_t room = 0;

	for (size_t at = 0; at < bytes; at += step) {
		struct iovec part = { memory + at, 4096 };

		if (!room) {
			if (pipe(pipes) || fcntl(pipes[1], F_SETPIPE_SZ, PIPE_MAX) < 0)
				exit(fail("hold: pipe"));
			room = PIPE_MAX / 4096;
		}
		if (vmsplice(pipes[1], &part, 1, 0) != 4096)
			exit(fail("hold: vmsplice"));
		room--;
	}
}

/* the huge page stays as it is, less what no process maps: it waits to be split */
static void give_back(char *memory, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += 2 * 4096)
		if (madvise(memory + at, 4096, MADV_DONTNEED))
			exit(fail("hold: madvise"));
}

static int truncate_in_pipes(size_t bytes)
{
	int file = memfd_create("truncated", 0);
	char *memory;

	if (file < 0 || ftruncate(file, (off_t)bytes))
		return fail("hold: memfd");
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED)
		return fail("hold: mmap");
	memset(memory, 0x5a, bytes);
	put_in_pipes(memory, bytes, 4096);
	return ftruncate(file, 0) ? fail("hold: ftruncate") : 0;
}

static int make_files(unsigned long count, const char *folder)
{
	char name[256];

	for (unsigned long i = 0; i < count; i++) {
		int file;

		snprintf(name, sizeof(name), "%s/%lu", folder, i / 1000);
		if (i % 1000 == 0 && mkdir(name, 0755))
			return fail("hold: mkdir");
		snprintf(name, sizeof(name), "%s/%lu/%lu", folder, i / 1000, i);
		file = open(name, O_CREAT | O_WRONLY, 0644);
		if (file < 0)
			return fail("hold: open");
		close(file);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long amount = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	const char *what = argc > 1 ? argv[1] : "";
	size_t bytes = amount * MIB;
	char *memory;

	if (!strcmp(what, "files") && argc > 3)
		return make_files(amount, argv[3]);
	if (!strcmp(what, "truncated")) {
		if (truncate_in_pipes(bytes))
			return 1;
	} else if (!strcmp(what, "gigantic") && argc > 3) {
		/* map() takes 2 MiB more than it is asked for */
		memory = map(bytes - HUGE, MAP_HUGETLB | 30 << MAP_HUGE_SHIFT);
		memset(memory, 0x5a, strtoul(argv[3], NULL, 10) * MIB);
	} else if (!strcmp(what, "hugetlb") && argc > 3) {
		memory = map(bytes - HUGE, MAP_HUGETLB);
		memset(memory, 0x5a, strtoul(argv[3], NULL, 10) * MIB);
	} else {
		memory = map(bytes, 0);
		if (madvise(memory, bytes, strcmp(what, "thp") && strcmp(what, "part") ?
			    MADV_NOHUGEPAGE : MADV_HUGEPAGE))
			return fail("hold: madvise");
		memset(memory, 0x5a, bytes);
		if (!strcmp(what, "mlock") && mlock(memory, bytes))
			return fail("hold: mlock");
		if (!strcmp(what, "part"))
			give_back(memory, bytes);
		if (!strcmp(what, "pin") && argc > 3)
			put_in_pipes(memory, bytes, strtoul(argv[3], NULL, 10) << 10);
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
