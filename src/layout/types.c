// SPDX-License-Identifier: GPL-2.0-or-later
/* types.c - a module's types from the host's debuginfo or the dump's BTF */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "layout/btf.h"
#include "layout/libbpf.h"
#include "layout/types.h"
#include "target/count.h"

#define MAX_BTF_BYTES	(64u << 20)	/* vmlinux has 4 to 8 MiB */
#define MAX_MODULES	4096

static bool btf_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_VMLINUX_BTF, OFL_F_VMLINUX_BTF_END, OFL_F_BTF_MODULES,
		OFL_F_BTF_MODULE_LIST, OFL_F_BTF_MODULE_BTF, OFL_F_BTF_DATA,
		OFL_F_BTF_DATA_SIZE, OFL_F_BTF_NAME,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

/* page by page: whole pages are what the second reader takes, the faster one */
static void *read_blob(const struct ofl_target *t, uint64_t kva, uint64_t bytes,
		       uint64_t page_bytes)
{
	unsigned char *blob;
	uint64_t at, n;

	if (!bytes || bytes > MAX_BTF_BYTES)
		return NULL;
	blob = malloc(bytes);
	for (at = 0; blob && at < bytes; at += n) {
		n = page_bytes - (kva + at) % page_bytes;
		if (n > bytes - at)
			n = bytes - at;
		if (ofl_read(t, kva + at, blob + at, n) != OFL_READ_OK) {
			free(blob);
			return NULL;
		}
	}
	return blob;
}

/*
 * btf__new_split() is declared long before it is exported (libbpf 1.4): older
 * libraries parse split BTF from files only, so give them one.
 */
static struct btf *parse_split(const void *blob, uint64_t bytes,
			       struct btf *base)
{
	struct btf *btf = NULL;
	char path[32];
	int fd = memfd_create("btf", MFD_CLOEXEC);

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, blob, bytes) == (ssize_t)bytes)
		btf = btf__parse_raw_split(path, base);
	close(fd);
	return btf;
}

/* libbpf takes any length of header, and then points to types at odd addresses */
static bool is_aligned(const struct btf_header *header, uint64_t bytes)
{
	return bytes >= sizeof(*header) && !(header->hdr_len % 4) &&
	       !(header->type_off % 4);
}

/* libbpf checks the rest; a damaged blob is no types, not a crash */
static struct btf *parse(const struct ofl_target *t, const struct ofl_layout *l,
			 uint64_t kva, uint64_t bytes, struct btf *base)
{
	void *blob = read_blob(t, kva, bytes, l->page_bytes);
	struct btf *btf = NULL;

	if (blob && is_aligned(blob, bytes))
		btf = base ? parse_split(blob, bytes, base) :
			     btf__new(blob, (uint32_t)bytes);
	free(blob);
	return libbpf_get_error(btf) ? NULL : btf;
}

/* struct btf of a module, by walking btf_modules */
static bool find_module(const struct ofl_target *t, const struct ofl_layout *l,
			const char *module, uint64_t *btf_kva)
{
	uint64_t head = ofl_fact_u64(l, OFL_F_BTF_MODULES), node = head, entry;
	char name[OFL_STR_MAX];
	int i;

	for (i = 0; i < MAX_MODULES; i++) {
		if (!ofl_read_u64(t, node, &node) || node == head || !node)
			return false;
		entry = node - ofl_fact_u64(l, OFL_F_BTF_MODULE_LIST);
		if (!ofl_fact_read_u64(t, l, entry, OFL_F_BTF_MODULE_BTF,
				       btf_kva))
			return false;
		if (ofl_read_str(t, *btf_kva + ofl_fact_u64(l, OFL_F_BTF_NAME),
				 name, sizeof(name)) && !strcmp(name, module))
			return true;
	}
	return false;
}

/* is each byte of BTF in the dump as the host has it? */
static bool is_same(const struct ofl_target *t, uint64_t kva, uint64_t bytes,
		    const unsigned char *host, uint64_t page_bytes)
{
	unsigned char *page = malloc(page_bytes);
	bool same = page;
	uint64_t at, n;

	for (at = 0; same && at < bytes; at += n) {
		n = page_bytes - (kva + at) % page_bytes;
		if (n > bytes - at)
			n = bytes - at;
		same = ofl_read(t, kva + at, page, n) == OFL_READ_OK &&
		       !memcmp(page, host + at, n);
	}
	free(page);
	return same;
}

/* parsing it once more costs more than reading it: most of it is page faults */
static struct btf *host_btf(const struct ofl_target *t,
			    const struct ofl_layout *l, uint64_t kva,
			    uint64_t bytes)
{
	struct btf *btf = ofl_kernel_btf(t);
	const void *host = NULL;
	uint32_t host_bytes = 0;

	if (btf)
		host = btf__raw_data(btf, &host_bytes);
	return host && host_bytes == bytes &&
	       is_same(t, kva, bytes, host, l->page_bytes) ? btf : NULL;
}

static void open_base(const struct ofl_target *t, const struct ofl_layout *l,
		      struct ofl_types_base *base)
{
	uint64_t start = ofl_fact_u64(l, OFL_F_VMLINUX_BTF);
	uint64_t end = ofl_fact_u64(l, OFL_F_VMLINUX_BTF_END);

	if (base->looked)
		return;
	base->looked = true;
	base->btf = host_btf(t, l, start, end - start);
	if (!base->btf)
		base->btf = base->owned = parse(t, l, start, end - start, NULL);
}

static void open_btf(const struct ofl_target *t, const struct ofl_layout *l,
		     const char *module, struct ofl_types_base *base,
		     struct ofl_types *ret)
{
	uint64_t btf_kva, data_kva;
	uint32_t bytes;

	if (!btf_known(l) || !find_module(t, l, module, &btf_kva) ||
	    !ofl_fact_read_u64(t, l, btf_kva, OFL_F_BTF_DATA, &data_kva) ||
	    !ofl_fact_read_u32(t, l, btf_kva, OFL_F_BTF_DATA_SIZE, &bytes))
		return;
	open_base(t, l, base);
	ret->base = base->btf;
	if (base->btf)
		ret->split = parse(t, l, data_kva, bytes, base->btf);
}

/* a struct of the module, from the dump's own BTF; NULL: it has none */
static const struct btf_type *find_struct(const struct ofl_layout *l,
					  const char *module, const char *name,
					  struct ofl_types_base *base,
					  struct ofl_types *ty)
{
	int32_t id = 0;

	libbpf_set_print(NULL);		/* it would complain on stderr */
	ofl_aside(ty->t, true);
	open_btf(ty->t, l, module, base, ty);
	ofl_aside(ty->t, false);
	if (ty->split)
		id = btf__find_by_name_kind(ty->split, name, BTF_KIND_STRUCT);
	return id > 0 ? btf__type_by_id(ty->split, (uint32_t)id) : NULL;
}

/* has the host's debuginfo the same members of a struct at the same places? */
static bool is_alike(const struct ofl_types *ty, const char *name,
		     const struct btf_type *type)
{
	const struct btf_member *m = btf_members(type);
	struct ofl_member there;
	const char *member;
	uint32_t i;

	for (i = 0; i < btf_vlen(type); i++) {
		member = btf__name_by_offset(ty->split, m[i].name_off);
		if (!member || !*member || btf_member_bitfield_size(type, i))
			continue;
		if (!ofl_member(ty->t, name, member, &there) ||
		    there.offset_bytes * 8 != btf_member_bit_offset(type, i))
			return false;
	}
	return true;
}

void ofl_types_open(const struct ofl_target *t, const struct ofl_layout *l,
		    const char *module, const char *proof,
		    struct ofl_types_base *base, struct ofl_types *ret)
{
	const struct btf_type *type;
	uint64_t bytes;
	bool loaded;

	memset(ret, 0, sizeof(*ret));
	ret->t = t;
	loaded = ofl_struct_bytes(t, proof, &bytes);
	type = find_struct(l, module, proof, base, ret);
	if (!type) {
		ofl_types_close(ret);
		if (loaded)
			ret->source = OFL_TYPES_DEBUGINFO;
		return;
	}
	if (loaded && type->size == bytes && is_alike(ret, proof, type)) {
		/* BTF goes on to be asked first: gdb takes 100 ms for a path */
		ret->source = OFL_TYPES_DEBUGINFO;
		return;
	}
	ret->source = loaded ? OFL_TYPES_NOT_FOREIGN : OFL_TYPES_BTF;
	bytes = type->size;
	ofl_learned(t, proof, NULL, &(struct ofl_member){ 0, bytes }, 0);
}

void ofl_types_close(struct ofl_types *ty)
{
	btf__free(ty->split);
	ty->split = NULL;
	ty->base = NULL;
	ty->source = OFL_TYPES_NOWHERE;
}

void ofl_types_base_close(struct ofl_types_base *base)
{
	btf__free(base->owned);
	*base = (struct ofl_types_base){ .looked = false };
}

static bool ask_btf(const struct ofl_types *ty, const char *type,
		    const char *path, struct ofl_member *ret)
{
	int32_t id = btf__find_by_name_kind(ty->split, type, BTF_KIND_STRUCT);

	if (id <= 0 ||
	    !ofl_btf_member(ty->split, btf__type_by_id(ty->split, (uint32_t)id),
			    path, ret))
		return false;
	ofl_learned(ty->t, type, path, ret, 0);
	return true;
}

bool ofl_types_member(const struct ofl_types *ty, const char *type,
		      const char *path, struct ofl_member *ret)
{
	if (ty->split && ask_btf(ty, type, path, ret))
		return true;
	return ty->source == OFL_TYPES_DEBUGINFO &&
	       ofl_member(ty->t, type, path, ret);
}

static bool find_enumerator(const struct btf *btf, const struct btf_type *t,
			    const char *name, int64_t *ret)
{
	const struct btf_enum *e;
	const char *n;
	uint32_t i;

	if (!btf_is_enum(t))
		return false;
	for (i = 0, e = btf_enum(t); i < btf_vlen(t); i++, e++) {
		n = btf__name_by_offset(btf, e->name_off);
		if (n && !strcmp(n, name)) {
			*ret = e->val;
			return true;
		}
	}
	return false;
}

/* a driver's own enums are in its own part */
static bool ask_btf_enums(const struct ofl_types *ty, const char *name,
			  int64_t *ret)
{
	uint32_t id, end = btf__type_cnt(ty->split);

	for (id = btf__type_cnt(ty->base); id < end; id++)
		if (find_enumerator(ty->split, btf__type_by_id(ty->split, id),
				    name, ret)) {
			ofl_learned(ty->t, name, NULL, NULL, *ret);
			return true;
		}
	return false;
}

bool ofl_types_enumerator(const struct ofl_types *ty, const char *name,
			  int64_t *ret)
{
	if (ty->split && ask_btf_enums(ty, name, ret))
		return true;
	return ty->source == OFL_TYPES_DEBUGINFO &&
	       ofl_enumerator(ty->t, name, ret);
}

void ofl_types_advice(const struct ofl_target *t, const char *module,
		      struct ofl_text *text)
{
	if (ofl_is_typed(t, module))
		ofl_text_add(text, "mod -d %s, then ", module);
	ofl_text_add(text, "mod -s %s", module);
	if (ofl_is_typed(t, module))
		ofl_text_add(text, " with a file that has debuginfo");
}

const char *ofl_types_source_text(enum ofl_types_source source)
{
	switch (source) {
	case OFL_TYPES_DEBUGINFO:
		return "debuginfo";
	case OFL_TYPES_BTF:
		return "BTF in the dump";
	case OFL_TYPES_NOT_FOREIGN:
		return "BTF in the dump: the module that was loaded with mod -s is another kernel's, mod -d drops it";
	case OFL_TYPES_NOWHERE:
		break;
	}
	return "nowhere";
}
