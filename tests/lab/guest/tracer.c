/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracer MIB: a debugger that is just reading. A traced process, which has MIB of
 * small pages and MIB of transparent huge ones, is stopped; two others read from
 * it (process_vm_readv()) into memory that nobody provides (userfaultfd), so that
 * the pages they read stay pinned. Says "ready" then; a process that is killed lets go.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	(1ul << 20)
#define HUGE	(2 * MIB)
#define PAGE	4096ul
#define PART	MIB	/* that the kernel pins at a time, at the most 4 MiB */

static int begun[2];	/* a pipe */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static char *map(size_t bytes)
{
	char *memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("tracer: mmap");
	return (char *)(((uintptr_t)memory + HUGE - 1) & ~(HUGE - 1));
}

static void fill(char *memory, size_t bytes, int advice)
{
	if (madvise(memory, bytes, advice))
		fail("tracer: madvise");
	memset(memory, 0x5a, bytes);
}

/* memory whose first touch waits for somebody who never comes */
static char *nobodys(size_t bytes)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register what = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	char *memory = map(bytes);

	what.range.start = (uintptr_t)memory;
	what.range.len = bytes;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &what))
		fail("tracer: userfaultfd");
	return memory;
}

static pid_t start_reading(pid_t from, char *memory)
{
	pid_t child = fork();
	struct iovec here, there = { memory, PART };

	if (child)
		return child;
	here = (struct iovec){ nobodys(PART), PART };
	_exit(write(begun[1], "", 1) != 1 ||
	      process_vm_readv(from, &here, 1, &there, 1, 0) < 0);
}

/* begun, and asleep for a while: what else it could wait for is over soon */
static void wait_for(pid_t child)
{
	char path[64], text[256], *state;
	int seen = 0;

	if (read(begun[0], text, 1) != 1)
		fail("tracer: the reader");
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	for (int i = 0; i < 600 && seen < 20; i++) {
		FILE *file = fopen(path, "r");

		if (!file || !fgets(text, sizeof(text), file))
			fail("tracer: /proc");
		fclose(file);
		state = strrchr(text, ')');
		seen = state && strchr("SD", state[2]) ? seen + 1 : 0;
		usleep(100000);
	}
	if (seen < 20)
		fail("tracer: nothing is being read");
}

int main(int argc, char **argv)
{
	size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) * MIB : 0;
	char *small = map(bytes), *huge = map(bytes);
	pid_t traced = fork(), reader[2];
	int status;

	if (!bytes || traced < 0 || pipe(begun))
		return 2;
	if (!traced) {
		fill(small, bytes, MADV_NOHUGEPAGE);
		fill(huge, bytes, MADV_HUGEPAGE);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(traced, &status, WUNTRACED) != traced || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_ATTACH, traced, NULL, NULL) ||
	    waitpid(traced, &status, __WALL) != traced ||
	    ptrace(PTRACE_POKETEXT, traced, main, 0xcc))	/* a breakpoint */
		fail("tracer: ptrace");
	reader[0] = start_reading(traced, small);
	reader[1] = start_reading(traced, huge);
	if (reader[0] < 0 || reader[1] < 0)
		fail("tracer: fork");
	wait_for(reader[0]);
	wait_for(reader[1]);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
