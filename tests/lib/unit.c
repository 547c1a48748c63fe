// SPDX-License-Identifier: GPL-2.0-or-later
/* unit.c - helpers for unit tests */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

unsigned int unit_seed(void)
{
	const char *given = getenv("OFL_SEED");
	unsigned int seed = given ? (unsigned int)strtoul(given, NULL, 0) :
				    (unsigned int)time(NULL);

	/* the runner shows the stderr of failed programs only */
	fprintf(stderr, "OFL_SEED=%u\n", seed);
	srandom(seed);
	return seed;
}

void unit_document(const char *text)
{
	const char *path = getenv("OFL_DOCUMENTS");
	size_t len = text ? strlen(text) : 0;
	FILE *f;

	if (!path || len < 4 || strncmp(text, "{\n", 2) ||
	    strcmp(text + len - 3, "\n}\n"))
		return;
	f = fopen(path, "a");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		abort();
	}
}

char *unit_slurp(const char *path)
{
	FILE *f = fopen(path, "r"), *m;
	char buf[4096], *text = NULL;
	size_t len, n;

	if (!f)
		return NULL;
	m = open_memstream(&text, &len);
	while ((n = fread(buf, 1, sizeof(buf), f)))
		fwrite(buf, 1, n, m);
	fclose(m);
	fclose(f);
	return text;
}

void unit_elf64(unsigned char *ident)
{
	memcpy(ident, ELFMAG, SELFMAG);
	ident[EI_CLASS] = ELFCLASS64;
	ident[EI_DATA] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
			 ELFDATA2LSB : ELFDATA2MSB;
}
