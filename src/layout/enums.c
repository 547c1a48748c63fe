// SPDX-License-Identifier: GPL-2.0-or-later
/* enums.c - look through all enums and structs of a vmlinux at once */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "layout/btf.h"
#include "layout/enums.h"
#include "layout/libbpf.h"

struct ofl_enums {
	struct btf *btf;	/* owned */
	uint32_t nr, nr_structs;
	uint32_t *struct_id;	/* behind the enums */
	uint32_t id[];		/* of types that are enums; then of structs */
};

static bool has_values(const struct btf_type *t)
{
	return btf_is_enum(t) || btf_is_enum64(t);
}

struct ofl_enums *ofl_enums_open(const char *path)
{
	struct ofl_enums *e;
	struct btf *btf;
	uint32_t i, end;

	libbpf_set_print(NULL);		/* it would complain on stderr */
	btf = btf__parse(path, NULL);
	if (libbpf_get_error(btf))
		return NULL;
	end = btf__type_cnt(btf);
	e = malloc(sizeof(*e) + end * sizeof(e->id[0]));
	if (!e) {
		btf__free(btf);
		return NULL;
	}
	e->btf = btf;
	e->nr = 0;
	for (i = 1; i < end; i++)
		if (has_values(btf__type_by_id(btf, i)))
			e->id[e->nr++] = i;
	e->struct_id = e->id + e->nr;
	e->nr_structs = 0;
	for (i = 1; i < end; i++)
		if (btf_kind(btf__type_by_id(btf, i)) == BTF_KIND_STRUCT)
			e->struct_id[e->nr_structs++] = i;
	return e;
}

void ofl_enums_close(struct ofl_enums *e)
{
	if (!e)
		return;
	btf__free(e->btf);
	free(e);
}

static uint32_t name_of(const struct btf_type *t, uint32_t i)
{
	return btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
				  btf_enum(t)[i].name_off;
}

/* pahole says since 1.24 whether values are signed (the flag of the type) */
static bool value_of(const struct btf_type *t, uint32_t i, int64_t *ret)
{
	if (btf_is_enum64(t))
		*ret = (int64_t)btf_enum64_value(btf_enum64(t) + i);
	else
		*ret = btf_enum(t)[i].val;
	return *ret >= 0 || btf_kflag(t);
}

/** struct query - what is looked for, and what was found so far */
struct query {
	const char *name;
	int64_t value;
	enum ofl_enum_found found;
};

/* false: no use to look further */
static bool look_into(const struct btf *btf, const struct btf_type *t,
		      struct query *q)
{
	uint32_t i;
	int64_t v;

	for (i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(btf, name_of(t, i));

		if (!name || strcmp(name, q->name))
			continue;
		if (!value_of(t, i, &v) ||
		    (q->found == OFL_ENUM_FOUND && q->value != v)) {
			q->found = OFL_ENUM_UNKNOWN;
			return false;
		}
		q->value = v;
		q->found = OFL_ENUM_FOUND;
	}
	return true;
}

enum ofl_enum_found ofl_enums_find(const struct ofl_enums *e, const char *name,
				   int64_t *ret)
{
	struct query q = { .name = name, .found = OFL_ENUM_ABSENT };
	uint32_t i;

	if (!e || !e->nr)
		return OFL_ENUM_UNKNOWN;
	for (i = 0; i < e->nr; i++)
		if (!look_into(e->btf, btf__type_by_id(e->btf, e->id[i]), &q))
			break;
	if (q.found == OFL_ENUM_FOUND)
		*ret = q.value;
	return q.found;
}

/* the next struct of this name from *@i on, NULL: no more */
static const struct btf_type *next_struct(const struct ofl_enums *e,
					  const char *name, uint32_t *i)
{
	const struct btf_type *t;
	const char *n;

	while (e && *i < e->nr_structs) {
		t = btf__type_by_id(e->btf, e->struct_id[(*i)++]);
		n = btf__name_by_offset(e->btf, t->name_off);
		if (n && !strcmp(n, name))
			return t;
	}
	return NULL;
}

enum ofl_enum_found ofl_enums_struct(const struct ofl_enums *e,
				     const char *type, uint64_t *bytes_ret)
{
	uint32_t i = 0;
	const struct btf_type *first = next_struct(e, type, &i), *t;

	if (!e || !e->nr_structs)
		return OFL_ENUM_UNKNOWN;
	if (!first)
		return OFL_ENUM_ABSENT;
	while ((t = next_struct(e, type, &i)))
		if (t->size != first->size)
			return OFL_ENUM_UNKNOWN;
	*bytes_ret = first->size;
	return OFL_ENUM_FOUND;
}

enum ofl_enum_found ofl_enums_member(const struct ofl_enums *e,
				     const char *type, const char *path,
				     struct ofl_member *ret)
{
	struct ofl_member one, all = { 0, 0 };
	const struct btf_type *t;
	uint32_t i = 0, found = 0, without = 0;

	if (!e || !e->nr_structs)
		return OFL_ENUM_UNKNOWN;
	while ((t = next_struct(e, type, &i))) {
		if (!ofl_btf_member(e->btf, t, path, &one)) {
			without++;
			continue;
		}
		if (found++ && (one.offset_bytes != all.offset_bytes ||
				one.size_bytes != all.size_bytes))
			return OFL_ENUM_UNKNOWN;
		all = one;
	}
	if (found && without)
		return OFL_ENUM_UNKNOWN;
	if (found)
		*ret = all;
	return found ? OFL_ENUM_FOUND : OFL_ENUM_ABSENT;
}
