// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_types.c - a module's BTF, as a damaged dump may hold it
 *
 * Input: a byte that says which half is the input's (1: the kernel's, else
 * the module's), then the blob. The other half is a good one.
 */
#include "fuzz.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/types.h"

#define BASE_KVA	0x1000000u
#define SPLIT_KVA	0x2000000u
#define LIST_KVA	0x3000000u
#define ENTRY_KVA	0x3001000u
#define BTF_KVA		0x3002000u

/** struct blob - memory that can be read */
struct blob {
	uint64_t kva;
	const void *data;
	uint32_t bytes;
};

static void *base_blob, *split_blob;
static uint32_t base_bytes, split_bytes;
static struct blob memory[5];
static uint64_t list[1], entry[3];
static unsigned char module_btf[64];

static void *keep(struct btf *btf, uint32_t *bytes)
{
	const void *data = btf__raw_data(btf, bytes);
	void *copy = malloc(*bytes);

	if (!data || !copy)
		abort();
	return memcpy(copy, data, *bytes);
}

/* struct drv { u64 addr; struct { u32 size; } sbm; } and an enum */
static void make_good(void)
{
	struct btf *base = btf__new_empty(), *split;
	int word = btf__add_int(base, "u64", 8, 0), inner;

	btf__add_struct(base, "list_head", 16);
	btf__add_field(base, "next", word, 0, 0);
	base_blob = keep(base, &base_bytes);
	split = btf__new_empty_split(base);
	inner = btf__add_struct(split, "", 8);
	btf__add_field(split, "size", word, 0, 0);
	btf__add_struct(split, "drv", 24);
	btf__add_field(split, "addr", word, 0, 0);
	btf__add_field(split, "sbm", inner, 64, 0);
	btf__add_field(split, "", inner, 128, 0);
	btf__add_enum(split, "drv_state", 4);
	btf__add_enum_value(split, "DRV_ON", 3);
	split_blob = keep(split, &split_bytes);
	btf__free(split);
	btf__free(base);
}

static enum ofl_read read_blob(void *ctx, uint64_t kva, void *buf, size_t n)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < sizeof(memory) / sizeof(memory[0]); i++) {
		uint64_t at = kva - memory[i].kva;

		if (kva < memory[i].kva || at > memory[i].bytes ||
		    n > memory[i].bytes - at)
			continue;
		memcpy(buf, (const char *)memory[i].data + at, n);
		return OFL_READ_OK;
	}
	return OFL_READ_UNREADABLE;
}

static bool no_struct(void *ctx, const char *type, uint64_t *ret)
{
	(void)ctx;
	(void)type;
	(void)ret;
	return false;
}

static void know(struct ofl_layout *l, enum ofl_fact_id id, uint64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = (int64_t)value;
}

static void arrange(struct ofl_layout *l, const void *data, uint32_t bytes,
		    bool is_base)
{
	uint64_t data_kva = SPLIT_KVA;
	uint32_t split_size = is_base ? split_bytes : bytes;

	memory[0] = (struct blob){ BASE_KVA, is_base ? data : base_blob,
				   is_base ? bytes : base_bytes };
	memory[1] = (struct blob){ SPLIT_KVA, is_base ? split_blob : data,
				   split_size };
	memory[2] = (struct blob){ LIST_KVA, list, sizeof(list) };
	memory[3] = (struct blob){ ENTRY_KVA, entry, sizeof(entry) };
	memory[4] = (struct blob){ BTF_KVA, module_btf, sizeof(module_btf) };
	list[0] = ENTRY_KVA;
	entry[0] = LIST_KVA;
	entry[2] = BTF_KVA;
	memcpy(module_btf, &data_kva, 8);
	memcpy(module_btf + 8, &split_size, 4);
	strcpy((char *)module_btf + 16, "drv");
	l->page_bytes = 4096;
	know(l, OFL_F_VMLINUX_BTF, BASE_KVA);
	know(l, OFL_F_VMLINUX_BTF_END, BASE_KVA + memory[0].bytes);
	know(l, OFL_F_BTF_MODULES, LIST_KVA);
	know(l, OFL_F_BTF_MODULE_LIST, 0);
	know(l, OFL_F_BTF_MODULE_BTF, 16);
	know(l, OFL_F_BTF_DATA, 0);
	know(l, OFL_F_BTF_DATA_SIZE, 8);
	know(l, OFL_F_BTF_NAME, 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const struct ofl_memory_ops memory_ops = {
		.read = read_blob,
	};
	static const struct ofl_type_ops type_ops = {
		.struct_bytes = no_struct,
	};
	static struct ofl_layout l;
	struct ofl_target t = { .memory = &memory_ops, .types = &type_ops };
	struct ofl_member m;
	struct ofl_types_base types = { .looked = false };
	struct ofl_types ty;
	int64_t v;

	if (!base_blob)
		make_good();
	if (!bytes)
		return 0;
	arrange(&l, data + 1, (uint32_t)bytes - 1, data[0] == 1);
	ofl_types_open(&t, &l, "drv", "drv", &types, &ty);
	ofl_types_member(&ty, "drv", "addr", &m);
	ofl_types_member(&ty, "drv", "sbm.size", &m);
	ofl_types_member(&ty, "drv", "size", &m);
	ofl_types_member(&ty, "drv", "none.such", &m);
	ofl_types_enumerator(&ty, "DRV_ON", &v);
	ofl_types_enumerator(&ty, "DRV_OFF", &v);
	ofl_types_close(&ty);
	ofl_types_base_close(&types);
	return 0;
}
