// SPDX-License-Identifier: GPL-2.0-or-later
/* btf.c - look for a member in BTF */
#include <bpf/btf.h>
#include <string.h>

#include "layout/btf.h"

#define MAX_MEMBERS	10000	/* the largest struct has some 300 */

static const struct btf_type *resolve(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	int i;

	for (i = 0; t && i < 32; i++) {
		if (!btf_is_mod(t) && !btf_is_typedef(t))
			return t;
		t = btf__type_by_id(btf, t->type);
	}
	return NULL;
}

/** struct search - for a member */
struct search {
	const struct btf *btf;
	struct ofl_member *ret;
	unsigned int left;	/* members to look at: damaged types may nest in themselves */
};

/*
 * Look for the first word of @path in @t, through anonymous members; then for
 * the rest in the type of what was found.
 */
static bool find_member(struct search *s, const struct btf_type *t,
			const char *path, uint64_t base, int depth)
{
	const struct btf_member *m;
	size_t len = strcspn(path, ".");
	uint32_t i;

	if (!t || !btf_is_composite(t) || depth > 16)
		return false;
	for (i = 0, m = btf_members(t); i < btf_vlen(t) && s->left; i++, m++) {
		const char *name = btf__name_by_offset(s->btf, m->name_off);
		uint64_t at = base + btf_member_bit_offset(t, i) / 8;
		const struct btf_type *mt = resolve(s->btf, m->type);
		int64_t bytes;

		s->left--;
		if (!name || !name[0]) {
			if (find_member(s, mt, path, at, depth + 1))
				return true;
			continue;
		}
		if (strncmp(name, path, len) || name[len])
			continue;
		if (path[len])
			return find_member(s, mt, path + len + 1, at, depth + 1);
		if (btf_member_bitfield_size(t, i))
			return false;
		bytes = btf__resolve_size(s->btf, m->type);
		s->ret->offset_bytes = at;
		s->ret->size_bytes = bytes > 0 ? (uint64_t)bytes : 0;
		return true;
	}
	return false;
}

bool ofl_btf_member(const struct btf *btf, const struct btf_type *t,
		    const char *path, struct ofl_member *ret)
{
	struct search s = { btf, ret, MAX_MEMBERS };

	return find_member(&s, t, path, 0, 0);
}
