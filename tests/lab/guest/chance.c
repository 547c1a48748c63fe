/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chance SEED STEPS MIB: fill and free memory in STEPS steps that a seed decides,
 * at most MIB of it at a time; say "ready" and keep what is left.
 *
 * A line for each step goes to /tmp/chance.log. A way that this kernel refuses is
 * such a line too, and is not an error: the state is compared, not what led to it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	(1ul << 20)
#define HUGE	(2 * MIB)
#define PAGE	4096ul
#define MAX_KEPT	64
#define MAX_PART_MIB	96	/* one step takes no more */
#define PIPE_PAGES	64
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

/* something that holds memory until it is let go */
struct kept {
	const char *name;
	char *memory;
	size_t bytes;
	int files[2];		/* -1 where there is none */
	pid_t child;
	char path[32];
};

static struct kept kept[MAX_KEPT];
static unsigned int nr_kept;
static uint64_t state;

/* SplitMix64: the same on every machine */
static uint64_t any(uint64_t below)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (z ^ (z >> 31)) % below;
}

static bool map(struct kept *one, int flags, int file)
{
	char *memory = mmap(NULL, one->bytes, PROT_READ | PROT_WRITE, flags, file, 0);

	if (memory == MAP_FAILED)
		return false;
	one->memory = memory;
	return true;
}

/* anonymous memory that begins with a huge page */
static bool anonymous(struct kept *one, int advice)
{
	char *start;

	one->bytes += HUGE;
	if (!map(one, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return false;
	start = (char *)(((uintptr_t)one->memory + HUGE - 1) & ~(HUGE - 1));
	(void)!madvise(start, one->bytes - HUGE, advice);
	memset(start, 0x5a, one->bytes - HUGE);
	return true;
}

static bool small(struct kept *one)
{
	return anonymous(one, MADV_NOHUGEPAGE);
}

static bool large(struct kept *one)
{
	return anonymous(one, MADV_HUGEPAGE);
}

static bool locked(struct kept *one)
{
	return anonymous(one, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) && !mlock(one->memory, one->bytes);
}

/* every so many pages are given back: what stays is scattered */
static bool holed(struct kept *one)
{
	size_t step = (1 + any(16)) * PAGE;

	if (!anonymous(one, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		return false;
	for (size_t at = 0; at + PAGE <= one->bytes; at += step + PAGE)
		madvise(one->memory + at, PAGE, MADV_DONTNEED);
	return true;
}

static bool shared_with_child(struct kept *one)
{
	if (!anonymous(one, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		return false;
	one->child = fork();
	if (!one->child)
		for (;;)
			pause();
	return one->child > 0;
}

static bool same_pages(struct kept *one)
{
	return anonymous(one, MADV_NOHUGEPAGE) && !madvise(one->memory, one->bytes, MADV_MERGEABLE);
}

static bool file_in_memory(struct kept *one)
{
	one->files[0] = memfd_create("chance", 0);
	if (one->files[0] < 0 || ftruncate(one->files[0], (off_t)one->bytes) ||
	    !map(one, MAP_SHARED, one->files[0]))
		return false;
	memset(one->memory, 0x11, one->bytes);
	return true;
}

static bool file(struct kept *one)
{
	static char page[16 * PAGE];
	static unsigned int nr;

	snprintf(one->path, sizeof(one->path), "/tmp/chance%u", nr++);
	one->files[0] = open(one->path, O_CREAT | O_RDWR | O_TRUNC, 0600);
	for (size_t at = 0; one->files[0] >= 0 && at < one->bytes; at += sizeof(page))
		if (write(one->files[0], page, sizeof(page)) < 0)
			return false;
	return one->files[0] >= 0;
}

/* read-only pages of a disk, where there is one */
static bool disk(struct kept *one)
{
	static char page[16 * PAGE];

	one->files[0] = open("/dev/vda", O_RDONLY);
	if (one->files[0] < 0 || lseek(one->files[0], (off_t)(any(64) * 32 * MIB), SEEK_SET) < 0)
		return false;
	for (size_t at = 0; at < one->bytes; at += sizeof(page))
		if (read(one->files[0], page, sizeof(page)) <= 0)
			return false;
	return true;
}

static bool pool(struct kept *one)
{
	one->bytes = (one->bytes + HUGE - 1) & ~(HUGE - 1);
	if (!map(one, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1))
		return false;
	/* a part is touched, the rest only promised */
	memset(one->memory, 0x5a, any(one->bytes / HUGE + 1) * HUGE);
	return true;
}

/* pages of memory lie in a pipe: somebody has a reference whom nobody knows */
static bool piped(struct kept *one)
{
	struct iovec part = { NULL, PAGE };

	if (!anonymous(one, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) || pipe(one->files) ||
	    fcntl(one->files[1], F_SETPIPE_SZ, PIPE_PAGES * PAGE) < 0)
		return false;
	for (unsigned int i = 0; i < 1 + any(PIPE_PAGES - 1); i++) {
		part.iov_base = one->memory + any(one->bytes / PAGE) * PAGE;
		if (vmsplice(one->files[1], &part, 1, SPLICE_F_NONBLOCK) != (ssize_t)PAGE)
			break;
	}
	return true;
}

static bool ring(struct kept *one)
{
	struct io_uring_params params = { 0 };
	struct iovec part;

	if (!anonymous(one, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		return false;
	part.iov_base = one->memory;
	part.iov_len = one->bytes;
	one->files[0] = (int)syscall(SYS_io_uring_setup, 8, &params);
	return one->files[0] >= 0 &&
	       !syscall(SYS_io_uring_register, one->files[0], IORING_REGISTER_BUFFERS, &part, 1);
}

static bool event(struct kept *one)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY, .sample_period = 1000,
	};

	one->bytes = ((1ul << any(8)) + 1) * PAGE;
	one->files[0] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	if (one->files[0] < 0 || !map(one, MAP_SHARED, one->files[0]))
		return false;
	for (size_t at = 0; at < one->bytes; at += PAGE)
		(void)*(volatile char *)(one->memory + at);
	return true;
}

static bool sockets(struct kept *one)
{
	static char text[PAGE];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, one->files))
		return false;
	while (write(one->files[0], text, sizeof(text)) > 0)
		;
	return true;
}

static bool full_pipe(struct kept *one)
{
	static char text[PAGE];

	if (pipe2(one->files, O_NONBLOCK))
		return false;
	while (write(one->files[1], text, sizeof(text)) > 0)
		;
	return true;
}

/* page tables: a page of each of many 2 MiB */
static bool tables(struct kept *one)
{
	size_t step = HUGE;

	one->bytes *= 64;
	if (!map(one, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1))
		return false;
	(void)!madvise(one->memory, one->bytes, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < one->bytes; at += step)
		one->memory[at] = 1;
	return true;
}

/* dentries and inodes, as many kernel objects as there are pages */
static bool names(struct kept *one)
{
	char name[64];
	static unsigned int nr;

	snprintf(one->path, sizeof(one->path), "/tmp/names%u", nr++);
	if (mkdir(one->path, 0700))
		return false;
	for (size_t i = 0; i < one->bytes / PAGE / 8; i++) {
		snprintf(name, sizeof(name), "%s/%zu", one->path, i);
		one->files[0] = open(name, O_CREAT | O_WRONLY, 0600);
		if (one->files[0] < 0)
			return false;
		close(one->files[0]);
	}
	one->files[0] = -1;
	one->path[0] = 0;	/* stays: the slabs are wanted */
	return true;
}

/* a page that is poisoned while it is in use; the kernel may kill who maps it */
static bool poison(struct kept *one)
{
	int status;

	one->bytes = HUGE;
	one->child = fork();
	if (!one->child) {
		struct kept child = { .bytes = HUGE };

		signal(SIGBUS, SIG_DFL);
		if (!anonymous(&child, any(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
			_exit(1);
		_exit(madvise(child.memory + any(HUGE / PAGE) * PAGE, PAGE, MADV_HWPOISON) ? 1 : 0);
	}
	if (waitpid(one->child, &status, 0) < 0)
		return false;
	one->child = 0;
	return WIFSIGNALED(status) || !WEXITSTATUS(status);
}

static bool offlined_softly(struct kept *one)
{
	return anonymous(one, MADV_NOHUGEPAGE) &&
	       !madvise(one->memory + any(one->bytes / PAGE) * PAGE, PAGE, MADV_SOFT_OFFLINE);
}

static void let_go(struct kept *one)
{
	if (one->memory)
		munmap(one->memory, one->bytes);
	for (int i = 0; i < 2; i++)
		if (one->files[i] >= 0)
			close(one->files[i]);
	if (one->child > 0) {
		kill(one->child, SIGKILL);
		waitpid(one->child, NULL, 0);
	}
	if (one->path[0])
		unlink(one->path);
}

/* page cache that is cut off on another CPU than it was written on */
static bool cut_elsewhere(struct kept *one)
{
	cpu_set_t set;
	bool made;

	one->bytes = (1 + any(14)) * 16 * PAGE;
	CPU_ZERO(&set);
	CPU_SET(1, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return false;
	made = file(one);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return !sched_setaffinity(0, sizeof(set), &set) && made && !ftruncate(one->files[0], 0);
}

/* more often is said more often */
static const struct {
	const char *name;
	bool (*make)(struct kept *one);
	unsigned int weight;
} ways[] = {
	{ "small", small, 4 }, { "large", large, 4 }, { "locked", locked, 2 }, { "holed", holed, 4 },
	{ "shared", shared_with_child, 2 }, { "mergeable", same_pages, 1 },
	{ "memfd", file_in_memory, 2 }, { "file", file, 4 }, { "disk", disk, 2 }, { "hugetlb", pool, 3 },
	{ "piped", piped, 2 }, { "ring", ring, 1 }, { "event", event, 1 }, { "sockets", sockets, 1 },
	{ "pipe", full_pipe, 1 }, { "tables", tables, 1 }, { "names", names, 1 }, { "poison", poison, 1 },
	{ "soft-offline", offlined_softly, 1 }, { "cut-elsewhere", cut_elsewhere, 1 },
};

static unsigned int choose(void)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		sum += ways[i].weight;
	at = (unsigned int)any(sum);
	for (i = 0; at >= ways[i].weight; i++)
		at -= ways[i].weight;
	return i;
}

static size_t held_bytes(void)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < nr_kept; i++)
		bytes += kept[i].memory || kept[i].files[0] >= 0 ? kept[i].bytes : 0;
	return bytes;
}

static void free_one(void)
{
	unsigned int at = (unsigned int)any(nr_kept);

	fprintf(stderr, "free %s\n", kept[at].name);
	let_go(&kept[at]);
	kept[at] = kept[--nr_kept];
}

static void make_one(void)
{
	unsigned int way = choose();
	struct kept one = { .name = ways[way].name, .bytes = (1 + any(MAX_PART_MIB)) * MIB, .files = { -1, -1 } };
	bool made = ways[way].make(&one);

	fprintf(stderr, "%s %s %zu KiB\n", made ? "make" : "refused:", one.name, one.bytes >> 10);
	kept[nr_kept++] = one;
}

int main(int argc, char **argv)
{
	size_t most;

	if (argc != 4) {
		fputs("chance: SEED STEPS MIB\n", stderr);
		return 1;
	}
	if (!freopen("/tmp/chance.log", "a", stderr))
		return 1;
	setvbuf(stderr, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	state = strtoull(argv[1], NULL, 10);
	most = strtoul(argv[3], NULL, 10) * MIB;
	for (unsigned long i = strtoul(argv[2], NULL, 10); i; i--) {
		while (nr_kept && (nr_kept == MAX_KEPT || held_bytes() + MAX_PART_MIB * MIB > most))
			free_one();
		if (nr_kept && any(3) == 0)
			free_one();
		else
			make_one();
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
