// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * module.c - modules and their symbols
 *
 * Source: kernel/module/: struct module, mod_kallsyms. Once a module is
 * loaded its symbols' values are addresses, and names are relative to its own
 * table of strings.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/module.h"
#include "target/count.h"

#define MAX_MODULES	4096
#define MAX_SYMBOLS	200000
#define SYMBOL_CHARS	64

static bool known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_MODULES, OFL_F_MODULE_LIST, OFL_F_MODULE_NAME,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

static void load_symbols(const struct ofl_layout *l, struct ofl_module *m)
{
	const struct ofl_target *t = m->t;
	uint64_t kva, symtab;
	uint32_t nr;

	if (!ofl_fact_read_u64(t, l, m->kva, OFL_F_MODULE_KALLSYMS, &kva) ||
	    !ofl_fact_read_u64(t, l, kva, OFL_F_KALLSYMS_SYMTAB, &symtab) ||
	    !ofl_fact_read_u32(t, l, kva, OFL_F_KALLSYMS_NUM, &nr) ||
	    !ofl_fact_read_u64(t, l, kva, OFL_F_KALLSYMS_STRTAB,
			       &m->strtab_kva) || !nr || nr > MAX_SYMBOLS)
		return;
	m->symtab = malloc(nr * sizeof(Elf64_Sym));
	if (!m->symtab)
		return;
	if (ofl_read(t, symtab, m->symtab,
		     nr * sizeof(Elf64_Sym)) == OFL_READ_OK)
		m->nr_symbols = nr;
}

/* visit() returns true to stop: OFL_MODULE_LOADED then */
static enum ofl_module_found walk(const struct ofl_target *t,
				  const struct ofl_layout *l,
				  bool (*visit)(void *arg, uint64_t module_kva),
				  void *arg)
{
	uint64_t head, node;
	int i;

	if (!known(l))
		return OFL_MODULE_UNKNOWN;
	head = node = ofl_fact_u64(l, OFL_F_MODULES);
	for (i = 0; i < MAX_MODULES; i++) {
		if (!ofl_read_u64(t, node, &node) || !node)
			return OFL_MODULE_UNKNOWN;
		if (node == head)
			return OFL_MODULE_ABSENT;
		if (visit(arg, node - ofl_fact_u64(l, OFL_F_MODULE_LIST)))
			return OFL_MODULE_LOADED;
	}
	return OFL_MODULE_UNKNOWN;
}

/** struct by_name - looking for a module */
struct by_name {
	const struct ofl_layout *l;
	const char *name;
	struct ofl_module *ret;
	bool symbols;		/* wanted, too */
	bool unnamed;		/* a module has a name that cannot be read */
};

static bool has_name(void *arg, uint64_t module_kva)
{
	struct by_name *q = arg;
	char text[OFL_STR_MAX];
	uint64_t name_kva = module_kva + ofl_fact_u64(q->l, OFL_F_MODULE_NAME);

	if (!ofl_read_str(q->ret->t, name_kva, text, sizeof(text))) {
		q->unnamed = true;
		return false;
	}
	if (strcmp(text, q->name))
		return false;
	q->ret->kva = module_kva;
	if (q->symbols)
		load_symbols(q->l, q->ret);
	return true;
}

static enum ofl_module_found find(const struct ofl_target *t,
				  const struct ofl_layout *l, const char *name,
				  bool symbols, struct ofl_module *ret)
{
	struct by_name q = {
		.l = l, .name = name, .ret = ret, .symbols = symbols,
	};
	enum ofl_module_found found;

	memset(ret, 0, sizeof(*ret));
	ret->t = t;
	found = walk(t, l, has_name, &q);
	return found == OFL_MODULE_ABSENT && q.unnamed ? OFL_MODULE_UNKNOWN :
							 found;
}

enum ofl_module_found ofl_module_find(const struct ofl_target *t,
				      const struct ofl_layout *l,
				      const char *name, struct ofl_module *ret)
{
	return find(t, l, name, true, ret);
}

enum ofl_module_found ofl_module_here(const struct ofl_target *t,
				      const struct ofl_layout *l,
				      const char *name)
{
	struct ofl_module m;

	return find(t, l, name, false, &m);
}

const char *ofl_modules_blind(const struct ofl_target *t,
			      const struct ofl_layout *l)
{
	/* with nothing of them the kernel may just have no modules */
	if (!ofl_fact_known(l, OFL_F_MODULES) &&
	    !ofl_fact_known(l, OFL_F_MODULE_LIST) &&
	    !ofl_fact_known(l, OFL_F_MODULE_NAME))
		return NULL;
	/* no module has this name: the list has to be walked to its end */
	return ofl_module_here(t, l, "") == OFL_MODULE_ABSENT ? NULL :
	       "the list of modules cannot be walked";
}

void ofl_module_close(struct ofl_module *m)
{
	free(m->symtab);
	m->symtab = NULL;
	m->nr_symbols = 0;
}

static Elf64_Sym symbol(const struct ofl_module *m, uint64_t i)
{
	Elf64_Sym sym;

	memcpy(&sym, m->symtab + i * sizeof(sym), sizeof(sym));
	return sym;
}

static bool name_of(const struct ofl_module *m, const Elf64_Sym *sym,
		    char *buf, size_t bytes)
{
	return sym->st_name && sym->st_shndx != SHN_UNDEF &&
	       ofl_read_str(m->t, m->strtab_kva + sym->st_name, buf, bytes);
}

bool ofl_module_symbol(const struct ofl_module *m, const char *name,
		       uint64_t *kva_ret)
{
	size_t len = strlen(name) + 1;
	char text[SYMBOL_CHARS];
	uint64_t i;

	if (len > sizeof(text))
		return false;
	for (i = 0; i < m->nr_symbols; i++) {
		Elf64_Sym sym = symbol(m, i);

		/* one byte more than the name: a longer one differs there */
		if (!sym.st_name || sym.st_shndx == SHN_UNDEF ||
		    ofl_read(m->t, m->strtab_kva + sym.st_name, text,
			     len) != OFL_READ_OK ||
		    memcmp(text, name, len))
			continue;
		*kva_ret = sym.st_value;
		return true;
	}
	return false;
}

/* include/linux/module_symbol.h: is_mapping_symbol(), and labels */
static bool marks_only(const char *name)
{
	return name[0] == '$' || !strncmp(name, ".L", 2);
}

/* does it begin at @kva, or with @inside: does that lie in it? */
static bool has_at(const Elf64_Sym *sym, uint64_t kva, bool inside)
{
	return sym->st_value == kva ||
	       (inside && sym->st_value < kva &&
		kva - sym->st_value < sym->st_size);
}

static bool find_symbol(const struct ofl_module *m, uint64_t kva, bool inside,
			char *buf, size_t bytes)
{
	uint64_t i;

	for (i = 0; i < m->nr_symbols; i++) {
		Elf64_Sym sym = symbol(m, i);

		if (has_at(&sym, kva, inside) &&
		    name_of(m, &sym, buf, bytes) && !marks_only(buf))
			return true;
	}
	return false;
}

bool ofl_module_symbol_at(const struct ofl_module *m, uint64_t kva, char *buf,
			  size_t bytes)
{
	return find_symbol(m, kva, false, buf, bytes);
}

/** struct by_address - looking for a symbol of any module */
struct by_address {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	uint64_t kva;
	bool inside;
	char *buf;
	size_t bytes;
};

static bool has_symbol(void *arg, uint64_t module_kva)
{
	struct by_address *q = arg;
	struct ofl_module m = { .t = q->t, .kva = module_kva };
	bool found;

	load_symbols(q->l, &m);
	found = find_symbol(&m, q->kva, q->inside, q->buf, q->bytes);
	ofl_module_close(&m);
	return found;
}

bool ofl_modules_symbol_at(const struct ofl_target *t,
			   const struct ofl_layout *l, uint64_t kva, char *buf,
			   size_t bytes)
{
	struct by_address q = { t, l, kva, false, buf, bytes };

	return walk(t, l, has_symbol, &q) == OFL_MODULE_LOADED;
}

bool ofl_modules_symbol_in(const struct ofl_target *t,
			   const struct ofl_layout *l, uint64_t kva, char *buf,
			   size_t bytes)
{
	struct by_address q = { t, l, kva, true, buf, bytes };

	return walk(t, l, has_symbol, &q) == OFL_MODULE_LOADED;
}
