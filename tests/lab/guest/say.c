/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say ID STATUS FILE: send a file to the host through QEMU's debug console.
 *
 * The debug console is one I/O port: no driver, no module, no flow control, and
 * nothing to stall, which the emulated serial port does now and then.  A frame is
 * "@ID STATUS BYTES\n" and then the bytes, so that no output can look like an end.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PORT 0xe9

static void put(const char *bytes, size_t count)
{
	__asm__ volatile("rep outsb" : "+S"(bytes), "+c"(count) : "d"(PORT) : "memory");
}

int main(int argc, char **argv)
{
	char head[128];
	struct stat st;
	void *bytes = NULL;
	int fd;

	if (argc != 4 || ioperm(PORT, 1, 1) || (fd = open(argv[3], O_RDONLY)) < 0 || fstat(fd, &st)) {
		perror("say");
		return 1;
	}
	if (!S_ISREG(st.st_mode))
		st.st_size = 0;
	if (st.st_size) {
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (bytes == MAP_FAILED) {
			perror("say: mmap");
			return 1;
		}
	}
	put(head, (size_t)snprintf(head, sizeof(head), "@%s %s %jd\n", argv[1], argv[2], (intmax_t)st.st_size));
	put(bytes, (size_t)st.st_size);
	return 0;
}
