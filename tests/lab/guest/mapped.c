/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapped FILE MIB: maps so much of a file for itself alone (MAP_PRIVATE), writes to
 * all of it, says "ready" and holds it until it is killed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes = argc == 3 ? strtoul(argv[2], NULL, 10) << 20 : 0;
	int file = argc == 3 ? open(argv[1], O_CREAT | O_RDWR, 0600) : -1;
	char *memory = MAP_FAILED;

	if (file >= 0)
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	if (memory == MAP_FAILED) {
		perror("mapped");
		return 1;
	}
	memset(memory, 0x5a, bytes);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
