/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held WHAT AMOUNT: hold memory that has a name, say "ready" and keep it so.
 *
 *   pipes PAGES  pipes that nobody reads: kernel memory charged to the control group
 *   memfd MIB    a memfd, "memfd:held"
 *   sysv MIB     a System V segment, key 0x68656c64
 *   charged INODE  no memory: how many pages the kernel says are charged to that
 *                  control group and are no process's, file's or slab's
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define MIB		(1ul << 20)
#define PAGE		4096ul
#define PIPE_PAGES	256ul	/* what any user may ask for */
#define KEY		0x68656c64
/* include/uapi/linux/kernel-page-flags.h: LRU, SLAB, ANON */
#define NO_KERNELS	(1ull << 5 | 1ull << 7 | 1ull << 12)
#define TOGETHER	4096

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void pipes(size_t amount)
{
	static char page[PAGE];
	int ends[2];

	for (size_t i = 0; i < amount; i++) {
		if (i % PIPE_PAGES == 0 &&
		    (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, PIPE_PAGES * PAGE) < 0))
			fail("held: pipe");
		if (write(ends[1], page, PAGE) != (ssize_t)PAGE)
			fail("held: write");
	}
}

static void memfd(size_t amount)
{
	int file = memfd_create("held", 0);
	char *memory;

	if (file < 0 || ftruncate(file, (off_t)(amount * MIB)))
		fail("held: memfd_create");
	memory = mmap(NULL, amount * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED)
		fail("held: mmap");
	memset(memory, 0x5a, amount * MIB);
}

static void sysv(size_t amount)
{
	int segment = shmget(KEY, amount * MIB, IPC_CREAT | 0600);
	char *memory = segment < 0 ? (char *)-1 : shmat(segment, NULL, 0);

	if (memory == (char *)-1)
		fail("held: shmget");
	memset(memory, 0x5a, amount * MIB);
}

static size_t next(int file, uint64_t *numbers)
{
	ssize_t got = read(file, numbers, TOGETHER * sizeof(*numbers));

	return got > 0 ? (size_t)got / sizeof(*numbers) : 0;
}

static void charged(size_t inode)
{
	static uint64_t group[TOGETHER], flags[TOGETHER];
	int groups = open("/proc/kpagecgroup", O_RDONLY), all = open("/proc/kpageflags", O_RDONLY);
	unsigned long pages = 0;
	size_t nr;

	if (groups < 0 || all < 0)
		fail("held: kpagecgroup");
	while ((nr = next(groups, group)) && next(all, flags) == nr)
		for (size_t i = 0; i < nr; i++)
			pages += group[i] == inode && !(flags[i] & NO_KERNELS);
	printf("%lu\n", pages);
	exit(0);
}

static const struct {
	const char *name;
	void (*make)(size_t amount);
} ways[] = { { "pipes", pipes }, { "memfd", memfd }, { "sysv", sysv }, { "charged", charged } };

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		ways[i].make(strtoul(argv[2], NULL, 10));
		puts("ready");
		fflush(stdout);
		for (;;)
			pause();
	}
	fputs("held: WHAT AMOUNT\n", stderr);
	return 1;
}
