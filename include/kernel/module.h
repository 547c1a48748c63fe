/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module.h - loaded modules and their symbols, as the dump itself has them
 *
 * Depends on layout.h (late facts). The kernel keeps the symbols of modules
 * for /proc/kallsyms. Read from there they need no module debuginfo and no
 * help of the host (crash --no_modules), and a static variable with a common
 * name is found in the module that it belongs to.
 */
#ifndef OFL_MODULE_H
#define OFL_MODULE_H

#include "layout/layout.h"

/** struct ofl_module - a loaded module */
struct ofl_module {
	const struct ofl_target *t;
	uint64_t kva;		/* struct module */
	uint64_t nr_symbols;
	unsigned char *symtab;	/* Elf64_Sym[nr_symbols]; owned */
	uint64_t strtab_kva;
};

/** enum ofl_module_found - what looking for a module came to */
enum ofl_module_found {
	OFL_MODULE_LOADED,
	OFL_MODULE_ABSENT,	/* the list is whole and it is not there */
	OFL_MODULE_UNKNOWN,	/* the list of modules is not known or broken */
};

/**
 * ofl_module_find() - find a loaded module by name
 * @ret: out always valid; without symbols if they cannot be read
 *
 * Memory: 24 bytes a symbol until ofl_module_close().
 */
enum ofl_module_found ofl_module_find(const struct ofl_target *t,
				      const struct ofl_layout *l,
				      const char *name, struct ofl_module *ret);

/** ofl_module_here() - is a module of this name loaded? Its symbols are not read */
enum ofl_module_found ofl_module_here(const struct ofl_target *t,
				      const struct ofl_layout *l,
				      const char *name);
void ofl_module_close(struct ofl_module *m);

/** ofl_modules_blind() - why a module could be loaded unseen; NULL: it cannot */
const char *ofl_modules_blind(const struct ofl_target *t,
			      const struct ofl_layout *l);

/** ofl_module_symbol() - address of a symbol, also of a static one */
bool ofl_module_symbol(const struct ofl_module *m, const char *name,
		       uint64_t *kva_ret);

/**
 * ofl_modules_symbol_at() - name of what any module has at @kva
 *
 * Shape:  looks through the symbols of all: for a single address that the host
 *         has no name for.
 */
bool ofl_modules_symbol_at(const struct ofl_target *t,
			   const struct ofl_layout *l, uint64_t kva, char *buf,
			   size_t bytes);

/**
 * ofl_modules_symbol_in() - name of the function of any module that @kva lies in
 *
 * Shape:  as ofl_modules_symbol_at(), by the sizes of symbols.
 */
bool ofl_modules_symbol_in(const struct ofl_target *t,
			   const struct ofl_layout *l, uint64_t kva, char *buf,
			   size_t bytes);

/** ofl_module_symbol_at() - name of the function or variable at @kva */
bool ofl_module_symbol_at(const struct ofl_module *m, uint64_t kva, char *buf,
			  size_t bytes);

#endif
