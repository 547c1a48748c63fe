// SPDX-License-Identifier: GPL-2.0-or-later
/* enums.c - a table of the names of all enumerators and structs of a vmlinux */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "layout/btf.h"
#include "layout/enums.h"
#include "layout/libbpf.h"

#define NR_BUCKETS	16384u		/* a vmlinux has some 40,000 names */
#define NO_VALUE	UINT32_MAX

/** struct name - of a struct, or of an enumerator */
struct name {
	uint32_t type;		/* its number in BTF */
	uint32_t value;		/* which one of the enum; NO_VALUE: a struct */
	uint32_t next;		/* of the same bucket: index + 1; 0: none */
};

struct ofl_enums {
	struct btf *btf;	/* owned */
	uint32_t nr_enums, nr_structs;
	uint32_t nr;
	uint32_t bucket[NR_BUCKETS];	/* first of name[]: index + 1; 0: none */
	struct name name[];
};

static bool has_values(const struct btf_type *t)
{
	return btf_is_enum(t) || btf_is_enum64(t);
}

static uint32_t name_of(const struct btf_type *t, uint32_t i)
{
	return btf_is_enum64(t) ? btf_enum64(t)[i].name_off :
				  btf_enum(t)[i].name_off;
}

/* FNV-1a */
static uint32_t bucket_of(const char *text)
{
	uint32_t hash = 2166136261u;

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 16777619u;
	return hash % NR_BUCKETS;
}

static void put(struct ofl_enums *e, const char *text, uint32_t type,
		uint32_t value)
{
	uint32_t *bucket;

	if (!text || !*text)
		return;
	bucket = &e->bucket[bucket_of(text)];
	e->name[e->nr] = (struct name){ type, value, *bucket };
	*bucket = ++e->nr;
}

static void put_type(struct ofl_enums *e, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(e->btf, type);
	uint32_t i;

	if (btf_kind(t) == BTF_KIND_STRUCT) {
		e->nr_structs++;
		put(e, btf__name_by_offset(e->btf, t->name_off), type, NO_VALUE);
	} else if (has_values(t)) {
		e->nr_enums++;
		for (i = 0; i < btf_vlen(t); i++)
			put(e, btf__name_by_offset(e->btf, name_of(t, i)), type,
			    i);
	}
}

static size_t count_names(const struct btf *btf)
{
	uint32_t i, end = btf__type_cnt(btf);
	size_t n = 0;

	for (i = 1; i < end; i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);

		n += btf_kind(t) == BTF_KIND_STRUCT ? 1u :
		     has_values(t) ? btf_vlen(t) : 0u;
	}
	return n;
}

struct ofl_enums *ofl_enums_open(const char *path)
{
	struct ofl_enums *e;
	struct btf *btf;
	uint32_t i, end;
	size_t bytes;

	libbpf_set_print(NULL);		/* it would complain on stderr */
	btf = btf__parse(path, NULL);
	if (libbpf_get_error(btf))
		return NULL;
	bytes = sizeof(*e) + count_names(btf) * sizeof(e->name[0]);
	e = malloc(bytes);
	if (!e) {
		btf__free(btf);
		return NULL;
	}
	memset(e, 0, sizeof(*e));
	e->btf = btf;
	end = btf__type_cnt(btf);
	for (i = 1; i < end; i++)
		put_type(e, i);
	return e;
}

void ofl_enums_close(struct ofl_enums *e)
{
	if (!e)
		return;
	btf__free(e->btf);
	free(e);
}

struct btf *ofl_enums_btf(const struct ofl_enums *e)
{
	return e ? e->btf : NULL;
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

static const char *text_of(const struct ofl_enums *e, const struct name *n)
{
	const struct btf_type *t = btf__type_by_id(e->btf, n->type);

	return btf__name_by_offset(e->btf, n->value == NO_VALUE ?
				   t->name_off : name_of(t, n->value));
}

/* the next after @at of this name, enumerators or structs; NULL: no more */
static const struct name *next(const struct ofl_enums *e, const char *text,
			       bool enumerators, const struct name *at)
{
	uint32_t i = at ? at->next : e->bucket[bucket_of(text)];

	for (; i; i = e->name[i - 1].next) {
		at = &e->name[i - 1];
		if ((at->value != NO_VALUE) == enumerators &&
		    !strcmp(text_of(e, at), text))
			return at;
	}
	return NULL;
}

enum ofl_enum_found ofl_enums_find(const struct ofl_enums *e, const char *name,
				   int64_t *ret)
{
	const struct name *n = NULL;
	bool found = false;
	int64_t v, all = 0;

	if (!e || !e->nr_enums)
		return OFL_ENUM_UNKNOWN;
	while ((n = next(e, name, true, n))) {
		if (!value_of(btf__type_by_id(e->btf, n->type), n->value, &v) ||
		    (found && v != all))
			return OFL_ENUM_UNKNOWN;
		all = v;
		found = true;
	}
	if (found)
		*ret = all;
	return found ? OFL_ENUM_FOUND : OFL_ENUM_ABSENT;
}

/* the next struct of this name after *@at, NULL: no more */
static const struct btf_type *next_struct(const struct ofl_enums *e,
					  const char *name,
					  const struct name **at)
{
	*at = next(e, name, false, *at);
	return *at ? btf__type_by_id(e->btf, (*at)->type) : NULL;
}

enum ofl_enum_found ofl_enums_struct(const struct ofl_enums *e,
				     const char *type, uint64_t *bytes_ret)
{
	const struct btf_type *first, *t;
	const struct name *at = NULL;

	if (!e || !e->nr_structs)
		return OFL_ENUM_UNKNOWN;
	first = next_struct(e, type, &at);
	if (!first)
		return OFL_ENUM_ABSENT;
	while ((t = next_struct(e, type, &at)))
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
	const struct name *at = NULL;
	uint32_t found = 0, without = 0;

	if (!e || !e->nr_structs)
		return OFL_ENUM_UNKNOWN;
	while ((t = next_struct(e, type, &at))) {
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
