/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libbpf.h - libbpf as it is since 1.0, with what it was before
 *
 * Depends on libbpf; the Makefile says which. Debian 11 has 0.3, Ubuntu 22.04
 * and RHEL 8 have 0.5: they know no enums of 64 bits and count types by another
 * name. They refuse BTF that has such enums, as if there were none.
 */
#ifndef OFL_LIBBPF_H
#define OFL_LIBBPF_H

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef OFL_OLD_LIBBPF

/** struct ofl_enum64 - struct btf_enum64 as in linux/btf.h since v6.0; there are none here */
struct ofl_enum64 {
	uint32_t name_off, val_lo32, val_hi32;
};

#define btf_enum64		ofl_no_enum64
#define btf_enum64_value	ofl_no_enum64_value
#define btf_is_enum64		ofl_is_no_enum64
#define btf__type_cnt		ofl_type_cnt
#define btf__raw_data		btf__get_raw_data

static inline bool btf_is_enum64(const struct btf_type *t)
{
	(void)t;
	return false;
}

static inline const struct ofl_enum64 *btf_enum64(const struct btf_type *t)
{
	return (const struct ofl_enum64 *)(t + 1);
}

static inline uint64_t btf_enum64_value(const struct ofl_enum64 *e)
{
	return (uint64_t)e->val_hi32 << 32 | e->val_lo32;
}

/* the number of types with void, as ids go */
static inline uint32_t btf__type_cnt(const struct btf *btf)
{
	return btf__get_nr_types(btf) + 1;
}

#endif
#endif
