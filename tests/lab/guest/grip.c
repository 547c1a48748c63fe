/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grip WHAT AMOUNT: hold memory that does not move, say "ready" and keep it so.
 *
 *   uring MIB      anonymous pages registered as buffers of an io_uring
 *   uring-thp MIB  the same over transparent huge pages
 *   thp-pipe MIB   one page of each transparent huge page lies in a pipe
 *   secret MIB     memory of memfd_secret()
 *   perf PAGES     ring buffer of a software event, so many pages and one more
 *   poison MIB     huge pages of a memfd in use, the first one poisoned
 *   poison-thp MIB transparent huge pages; a poisoned page of the first one is
 *                  held by a pipe, so that the huge page could not be split
 *   ref-anon N     N anonymous pages, ref-thp: N tails of transparent huge
 *   ref-thp N      pages, ref-file: N pages of a file; each with a reference
 *   ref-file N     that our module takes and `echo 1 > .../unref` drops
 *   ref-balloon N  no memory of its own: a reference, by our module, to N pages of
 *                  a balloon, from the end of memory on, one in each 32 MiB at most
 *   uring-huge MIB huge pages of the pool registered as buffers of an io_uring
 *   batch PAGES    page cache of a file that CPU 1 wrote and CPU 0 truncated:
 *                  the last references lie in the batch of CPU 1
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	(1ul << 20)
#define HUGE	(2 * MIB)
#define PAGE	4096ul
#define MOST	(1ul << 30)	/* bytes in one buffer of an io_uring */
#define PARAMETER	"/sys/module/offpages/parameters/ref"
#define KPF_OFFLINE	23
#define PIPE_PAGES	256	/* what any user may ask for */
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* anonymous memory that begins with a huge page, written to */
static char *anonymous(size_t bytes, int advice)
{
	char *memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("grip: mmap");
	memory = (char *)(((uintptr_t)memory + HUGE - 1) & ~(HUGE - 1));
	if (madvise(memory, bytes, advice))
		fail("grip: madvise");
	memset(memory, 0x5a, bytes);
	return memory;
}

static char *of_file(int file, size_t bytes)
{
	char *memory;

	if (file < 0 || ftruncate(file, (off_t)bytes))
		fail("grip: file");
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED)
		fail("grip: mmap of a file");
	memset(memory, 0x5a, bytes);
	return memory;
}

static void register_buffers(char *memory, size_t bytes)
{
	struct io_uring_params params = { 0 };
	struct iovec part[16];
	unsigned int nr = 0;
	int ring = (int)syscall(SYS_io_uring_setup, 8, &params);

	if (ring < 0)
		fail("grip: io_uring_setup");
	for (size_t at = 0; at < bytes && nr < 16; at += MOST) {
		part[nr].iov_base = memory + at;
		part[nr++].iov_len = bytes - at < MOST ? bytes - at : MOST;
	}
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, part, nr))
		fail("grip: io_uring_register");
}

/* what lies in a pipe is referenced; the pipe stays open */
static void put_in_pipe(char *page)
{
	static int pipes[2], room;
	struct iovec part = { page, PAGE };

	if (!room) {
		if (pipe(pipes) || fcntl(pipes[1], F_SETPIPE_SZ, PIPE_PAGES * PAGE) < 0)
			fail("grip: pipe");
		room = PIPE_PAGES;
	}
	if (vmsplice(pipes[1], &part, 1, 0) != (ssize_t)PAGE)
		fail("grip: vmsplice");
	room--;
}

static void uring(size_t amount)
{
	register_buffers(anonymous(amount * MIB, MADV_NOHUGEPAGE), amount * MIB);
}

static void uring_thp(size_t amount)
{
	register_buffers(anonymous(amount * MIB, MADV_HUGEPAGE), amount * MIB);
}

static void thp_pipe(size_t amount)
{
	char *memory = anonymous(amount * MIB, MADV_HUGEPAGE);

	for (size_t at = 0; at < amount * MIB; at += HUGE)
		put_in_pipe(memory + at + 7 * PAGE);
}

static void secret(size_t amount)
{
	of_file((int)syscall(SYS_memfd_secret, 0), amount * MIB);
}

static void perf(size_t amount)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY, .sample_period = 1000,
	};
	int event = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	volatile char *ring;

	if (event < 0)
		fail("grip: perf_event_open");
	ring = mmap(NULL, (amount + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, event, 0);
	if (ring == MAP_FAILED)
		fail("grip: mmap of an event");
	for (size_t i = 0; i <= amount; i++)
		(void)ring[i * PAGE];	/* the first touch gives a page its mapping */
}

/* the kernel may kill who maps the page: this process has the file only */
static void poison(size_t amount)
{
	int file = memfd_create("grip", MFD_HUGETLB), status;
	pid_t child = fork();
	char *memory;

	if (file < 0 || child < 0)
		fail("grip: poison");
	if (!child) {
		memory = of_file(file, amount * MIB);
		_exit(madvise(memory, PAGE, MADV_HWPOISON) ? 1 : 0);
	}
	if (waitpid(child, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status)))
		fail("grip: poison");
}

/* the same: the kernel kills the child, and the pipe keeps the page for us */
static void poison_thp(size_t amount)
{
	static int pipes[2];
	pid_t child;

	if (pipe(pipes))
		fail("grip: pipe");
	child = fork();
	if (child < 0)
		fail("grip: fork");
	if (!child) {
		char *memory = anonymous(amount * MIB, MADV_HUGEPAGE);
		struct iovec part = { memory + 7 * PAGE, PAGE };

		if (vmsplice(pipes[1], &part, 1, 0) != (ssize_t)PAGE)
			_exit(1);
		/* reports that the page cannot be isolated, which is what is wanted */
		(void)!madvise(memory + 7 * PAGE, PAGE, MADV_HWPOISON);
		_exit(0);
	}
	if (waitpid(child, NULL, 0) < 0)
		fail("grip: waitpid");
}

static void refer(int module, uint64_t pfn)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)pfn);

	if (write(module, text, (size_t)length) != length)
		fail("grip: reference");
}

/* the physical page behind an address, for our module */
static void take_reference(const char *page)
{
	int map = open("/proc/self/pagemap", O_RDONLY), module = open(PARAMETER, O_WRONLY);
	uint64_t entry;

	if (map < 0 || module < 0 ||
	    pread(map, &entry, sizeof(entry), (off_t)((uintptr_t)page / PAGE * 8)) != 8)
		fail("grip: pagemap");
	refer(module, entry & ((1ull << 55) - 1));
	close(map);
	close(module);
}

static void ref_anon(size_t amount)
{
	char *memory = anonymous(8 * amount * PAGE, MADV_NOHUGEPAGE);

	for (size_t i = 0; i < amount; i++)
		take_reference(memory + 8 * i * PAGE);
}

static void ref_thp(size_t amount)
{
	char *memory = anonymous(amount * HUGE, MADV_HUGEPAGE);

	for (size_t i = 0; i < amount; i++)
		take_reference(memory + i * HUGE + 9 * PAGE);
}

static void ref_file(size_t amount)
{
	char *memory = of_file(open("/tmp/grip", O_CREAT | O_RDWR, 0600), 8 * amount * PAGE);

	for (size_t i = 0; i < amount; i++)
		take_reference(memory + 8 * i * PAGE);
}

/* KPF_OFFLINE; where no driver has unplugged memory these are a balloon's */
static void ref_balloon(size_t amount)
{
	int flags = open("/proc/kpageflags", O_RDONLY), module = open(PARAMETER, O_WRONLY);
	off_t pfn = (off_t)(8ul << 30) / (off_t)PAGE;
	uint64_t is;

	if (flags < 0 || module < 0)
		fail("grip: kpageflags");
	while (pfn-- > 0 && amount)
		if (pread(flags, &is, sizeof(is), pfn * 8) == 8 && is >> KPF_OFFLINE & 1) {
			refer(module, (uint64_t)pfn);
			pfn -= (off_t)(32 * MIB / PAGE);
			amount--;
		}
	if (amount)
		fail("grip: not so many pages of a balloon");
	close(flags);
	close(module);
}

static void uring_huge(size_t amount)
{
	char *memory = mmap(NULL, amount * MIB, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (memory == MAP_FAILED)
		fail("grip: mmap of huge pages");
	memset(memory, 0x5a, amount * MIB);
	register_buffers(memory, amount * MIB);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("grip: sched_setaffinity");
}

static void batch(size_t amount)
{
	static char page[PAGE];
	int file = open("/tmp/batch", O_CREAT | O_RDWR | O_TRUNC, 0600), status;
	pid_t child = fork();

	if (file < 0 || child < 0)
		fail("grip: batch");
	if (!child) {
		run_on(1);
		for (size_t i = 0; i < amount; i++)
			if (write(file, page, PAGE) != (ssize_t)PAGE)
				_exit(1);
		_exit(0);
	}
	if (waitpid(child, &status, 0) < 0 || status)
		fail("grip: the writer");
	run_on(0);
	if (ftruncate(file, 0))
		fail("grip: truncate");
}

static const struct {
	const char *name;
	void (*make)(size_t amount);
} ways[] = {
	{ "uring", uring }, { "uring-thp", uring_thp }, { "thp-pipe", thp_pipe },
	{ "secret", secret }, { "perf", perf }, { "poison", poison },
	{ "poison-thp", poison_thp }, { "ref-anon", ref_anon },
	{ "ref-thp", ref_thp }, { "ref-file", ref_file }, { "batch", batch },
	{ "ref-balloon", ref_balloon }, { "uring-huge", uring_huge },
};

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
	fputs("grip: WHAT AMOUNT\n", stderr);
	return 1;
}
