/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - one entry point, two programs
 *
 * With libFuzzer (FUZZ_TARGET is defined) the entry point is all there is.
 * Without it a main() runs the entry point over files: the corpus, in make
 * check-unit, with the compiler and sanitizers of the other tests.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/** struct fuzz_input - bytes still to be used; empty input gives zeros */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t fuzz_take(struct fuzz_input *in, size_t bytes)
{
	uint64_t v = 0;

	for (; bytes && in->left; bytes--, in->left--)
		v = v << 8 | *in->at++;
	return v;
}

#ifndef FUZZ_TARGET
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static uint8_t buf[1 << 20];
	int i;

	for (i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		uint8_t *exact;
		size_t bytes;

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		bytes = fread(buf, 1, sizeof(buf), f);
		fclose(f);
		/* as large as it is, so that a read behind it is seen */
		exact = malloc(bytes ? bytes : 1);
		if (!exact)
			return 2;
		for (size_t b = 0; b < bytes; b++)
			exact[b] = buf[b];
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(exact, bytes);
		free(exact);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
#endif
#endif
