/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load MIB: all CPUs under load. On each CPU one process forks, one maps, touches
 * and unmaps memory, one writes and truncates a file, one takes and gives back
 * every other page, MIB each, until it is stopped. Says "ready" when each has
 * gone round once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	(1ul << 20)
#define PAGE	4096ul

static int cpu;

static int forks(size_t bytes)
{
	(void)bytes;
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (child < 0)
			return -1;
		if (!child)
			_exit(0);
		waitpid(child, NULL, 0);
	}
	return 0;
}

static char *map(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int maps(size_t bytes)
{
	static int round;
	char *memory = map(bytes);

	if (!memory ||
	    madvise(memory, bytes, ++round % 2 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		return -1;
	memset(memory, 0x5a, bytes);
	return munmap(memory, bytes);
}

static int writes(size_t bytes)
{
	static char part[16 * PAGE];
	char name[32];
	int file;

	snprintf(name, sizeof(name), "/tmp/load.%d", cpu);
	file = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	for (size_t at = 0; at < bytes; at += sizeof(part))
		if (write(file, part, sizeof(part)) != (ssize_t)sizeof(part))
			return -1;
	return close(file);
}

static int sieves(size_t bytes)
{
	static char *memory;

	if (!memory)
		memory = map(bytes);
	if (!memory)
		return -1;
	for (size_t at = 0; at < bytes; at += 2 * PAGE)
		memory[at] = 0x5a;
	for (size_t at = 0; at < bytes; at += 2 * PAGE)
		madvise(memory + at, PAGE, MADV_DONTNEED);
	return 0;
}

static int (*const ways[])(size_t bytes) = { forks, maps, writes, sieves };
#define WAYS	(sizeof(ways) / sizeof(ways[0]))

static void work(size_t way, size_t bytes, int done)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || ways[way](bytes) ||
	    write(done, "", 1) != 1)
		_exit(1);
	while (!ways[way](bytes))
		;
	_exit(1);
}

int main(int argc, char **argv)
{
	size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) * MIB : 0;
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), done[2];
	char one;

	if (!bytes || pipe(done))
		return 2;
	for (cpu = 0; cpu < cpus; cpu++)
		for (size_t way = 0; way < WAYS; way++)
			if (!fork())
				work(way, bytes, done[1]);
	for (int i = 0; i < cpus * (int)WAYS; i++)
		if (read(done[0], &one, 1) != 1)
			return 1;
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
