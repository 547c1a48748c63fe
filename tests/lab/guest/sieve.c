/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sieve MIB KEEP DROP: fragment the guest's memory and keep it so.
 *
 * Fills MIB of memory with small pages, gives DROP of every KEEP+DROP back, says
 * "ready" and sleeps.  What a balloon takes afterwards comes in short runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes, keep, step;
	char *memory;

	if (argc != 4)
		return 2;
	bytes = strtoul(argv[1], NULL, 10) << 20;
	keep = strtoul(argv[2], NULL, 10);
	step = keep + strtoul(argv[3], NULL, 10);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, bytes, MADV_NOHUGEPAGE)) {
		perror("sieve");
		return 1;
	}
	memset(memory, 0x5a, bytes);
	for (size_t at = 0; at + step * page <= bytes; at += step * page)
		madvise(memory + at + keep * page, (step - keep) * page, MADV_DONTNEED);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
