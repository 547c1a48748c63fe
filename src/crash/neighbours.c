// SPDX-License-Identifier: GPL-2.0-or-later
/* neighbours.c - are the libraries that we call the ones that we were linked with? */
#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "crash/neighbours.h"
#include "target/count.h"
#include "target/text.h"

/* with read-only dynamic sections (RISC-V) addresses are as in the file */
static const void *pointer_of(const struct link_map *map, ElfW(Sxword) tag)
{
	const ElfW(Dyn) *d = map->l_ld;

	while (d->d_tag != DT_NULL && d->d_tag != tag)
		d++;
	if (d->d_tag == DT_NULL)
		return NULL;
	return (const void *)(d->d_un.d_ptr < map->l_addr ?
			      map->l_addr + d->d_un.d_ptr : d->d_un.d_ptr);
}

/** struct names - symbols of a library that others can see */
struct names {
	const ElfW(Sym) *symbol;
	const char *text;
	uint32_t first, end;
};

/*
 * DT_GNU_HASH: numbers of buckets, of the first symbol that others can see, of
 * words of a filter of addresses; the filter; buckets, each with its first
 * symbol; a hash for each symbol, whose bit 0 ends the bucket.
 */
static bool find_names(const struct link_map *map, struct names *ret)
{
	const uint32_t *hash = pointer_of(map, DT_GNU_HASH), *bucket, *chain;
	uint32_t i;

	ret->symbol = pointer_of(map, DT_SYMTAB);
	ret->text = pointer_of(map, DT_STRTAB);
	if (!hash || !ret->symbol || !ret->text)
		return false;
	bucket = hash + 4 + hash[2] * (sizeof(ElfW(Addr)) / sizeof(*hash));
	chain = bucket + hash[0];
	ret->first = ret->end = hash[1];
	for (i = 0; i < hash[0]; i++)
		if (bucket[i] >= ret->end)
			ret->end = bucket[i] + 1;
	while (ret->end > ret->first && !(chain[ret->end - 1 - ret->first] & 1))
		ret->end++;
	return true;
}

/* the C library is left to who puts another malloc() in front of it */
static bool is_of_system(const char *name)
{
	static const char *const system[] = {
		"libc.", "libm.", "libdl.", "libpthread.", "libgcc_s.", "ld",
	};
	size_t i;

	for (i = 0; i < OFL_COUNT(system); i++)
		if (!strncmp(name, system[i], strlen(system[i])))
			return true;
	return false;
}

/* who has the name of a function of @lib that everybody else gets; NULL: @lib */
static const char *stranger(void *lib, const char *name)
{
	void *own = dlsym(lib, name), *got = dlsym(RTLD_DEFAULT, name);
	struct link_map *map = NULL;
	Dl_info info;

	if (!own || !got || own == got ||
	    !dladdr1(got, &info, (void **)&map, RTLD_DL_LINKMAP))
		return NULL;
	return map->l_name[0] ? map->l_name : NULL;	/* crash itself: "" */
}

static bool is_whole(const char *name, void *lib, struct ofl_text *why)
{
	struct link_map *map = NULL;
	struct names names;
	const char *other;
	uint32_t i;

	if (dlinfo(lib, RTLD_DI_LINKMAP, &map) || !find_names(map, &names))
		return true;
	for (i = names.first; i < names.end; i++) {
		const ElfW(Sym) *sym = &names.symbol[i];
		const char *function = names.text + sym->st_name;

		if (sym->st_info != ELF64_ST_INFO(STB_GLOBAL, STT_FUNC) ||
		    sym->st_shndx == SHN_UNDEF)
			continue;
		other = stranger(lib, function);
		if (!other)
			continue;
		ofl_text_add(why, "offline.so is not loaded: %s has a function %s of its own, which would be called instead of that of %s; load offline.so first, or build it with make STATIC=1",
			     other, function, name);
		return false;
	}
	return true;
}

bool ofl_crash_libraries_are_ours(char *buf, size_t bytes)
{
	struct ofl_text why = ofl_text_over(buf, bytes);
	struct link_map *map = NULL;
	const ElfW(Dyn) *d;
	const char *names;
	bool whole = true;
	Dl_info info;
	void *lib;

	if (!dladdr1((void *)ofl_crash_libraries_are_ours, &info,
		     (void **)&map, RTLD_DL_LINKMAP))
		return true;
	names = pointer_of(map, DT_STRTAB);
	for (d = map->l_ld; names && d->d_tag != DT_NULL && whole; d++) {
		if (d->d_tag != DT_NEEDED || is_of_system(names + d->d_un.d_val))
			continue;
		lib = dlopen(names + d->d_un.d_val, RTLD_LAZY | RTLD_NOLOAD);
		if (!lib)
			continue;
		whole = is_whole(names + d->d_un.d_val, lib, &why);
		dlclose(lib);
	}
	return whole;
}
