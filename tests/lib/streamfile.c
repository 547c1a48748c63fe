// SPDX-License-Identifier: GPL-2.0-or-later
/* streamfile.c - write a file as a stream of pieces, as makedumpfile -F does */
#include <endian.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "streamfile.h"

#define MAX_PIECES	65536

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void append(int fd, const void *data, size_t bytes)
{
	must(write(fd, data, bytes) == (ssize_t)bytes, "write");
}

int streamfile_open(void)
{
	struct {
		char signature[16];
		uint64_t type, version;
		char rest[4096 - 32];
	} head = { "makedumpfile", htobe64(1), htobe64(1), "" };
	int fd = memfd_create("stream", 0);

	must(fd >= 0, "memfd_create");
	append(fd, &head, sizeof(head));
	return fd;
}

void streamfile_piece(int fd, uint64_t from, const void *data, uint64_t bytes)
{
	uint64_t head[2] = { htobe64(from), htobe64(bytes) };

	append(fd, head, sizeof(head));
	if (data)
		append(fd, data, bytes);
}

void streamfile_end(int fd)
{
	streamfile_piece(fd, UINT64_MAX, NULL, UINT64_MAX);
}

static bool is_zeros(const unsigned char *at, size_t bytes)
{
	return !at[0] && !memcmp(at, at + 1, bytes - 1);
}

/* -> how many pieces; where each begins is in @start, and the end behind them */
static size_t cut(size_t bytes, size_t most, size_t *start)
{
	size_t n = 0, at;

	for (at = 0; at < bytes; at += 1 + (size_t)random() % most) {
		must(n < MAX_PIECES, "too many pieces");
		start[n++] = at;
	}
	start[n] = bytes;
	return n;
}

int streamfile_of(int from, size_t most_bytes)
{
	static size_t start[MAX_PIECES + 1], order[MAX_PIECES];
	unsigned char *data;
	struct stat st;
	size_t n, i, other, bytes;
	int fd = streamfile_open();

	must(!fstat(from, &st), "fstat");
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, from, 0);
	must(data != MAP_FAILED, "mmap");
	n = cut((size_t)st.st_size, most_bytes, start);
	for (i = 0; i < n; i++) {
		other = (size_t)random() % (i + 1);
		order[i] = order[other];
		order[other] = i;
	}
	for (i = 0; i < n; i++) {
		bytes = start[order[i] + 1] - start[order[i]];
		if (order[i] + 1 < n && random() % 2 &&
		    is_zeros(data + start[order[i]], bytes))
			continue;
		streamfile_piece(fd, start[order[i]], data + start[order[i]],
				 bytes);
	}
	streamfile_end(fd);
	munmap(data, (size_t)st.st_size);
	return fd;
}
