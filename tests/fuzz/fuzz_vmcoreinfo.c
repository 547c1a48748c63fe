// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_vmcoreinfo.c - VMCOREINFO as found in memory, and what is made of it */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "layout/pagetype.h"
#include "target/vmcoreinfo.h"

#define DATA_KVA	0x100000u

static const uint8_t *text;
static size_t text_bytes;

static enum ofl_read read_memory(void *ctx, uint64_t kva, void *buf, size_t n)
{
	uint64_t pointer = DATA_KVA, bytes = text_bytes;

	(void)ctx;
	if (kva == 8 && n == 8)
		memcpy(buf, &pointer, 8);
	else if (kva == 16 && n == 8)
		memcpy(buf, &bytes, 8);
	else if (kva == DATA_KVA && n <= text_bytes)
		memcpy(buf, text, n);
	else
		return OFL_READ_UNREADABLE;
	return OFL_READ_OK;
}

static bool symbol(void *ctx, const char *name, uint64_t *ret)
{
	(void)ctx;
	*ret = strcmp(name, "vmcoreinfo_data") ? 16 : 8;
	return true;
}

static bool no_note(void *ctx, const char *key, char *buf, size_t bytes)
{
	(void)ctx;
	(void)key;
	(void)buf;
	(void)bytes;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const struct ofl_memory_ops memory_ops = {
		.read = read_memory,
		.symbol = symbol,
		.vmcoreinfo = no_note,
	};
	static const char *const keys[] = {
		"OSRELEASE", "PAGESIZE", "SYMBOL(mem_section)", "",
		"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", "SIZE(page)",
	};
	struct ofl_target t = { .memory = &memory_ops };
	struct ofl_pagetype pt;
	char *small;
	int64_t v;
	size_t i, n;

	text = data;
	text_bytes = bytes;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (n = 1; n < 80; n += 13) {
			small = malloc(n);
			if (!small)
				abort();
			if (ofl_vmcoreinfo_text(&t, keys[i], small, n) &&
			    strlen(small) >= n)
				abort();
			free(small);
		}
		if (ofl_vmcoreinfo_number(&t, keys[i], &v)) {
			memset(&pt, 0, sizeof(pt));
			if (ofl_pagetype_from_number(v, &pt) && !pt.shape)
				abort();
			ofl_pagetype_from_byte(v, &pt);
		}
	}
	return 0;
}
