// SPDX-License-Identifier: GPL-2.0-or-later
/* build.c - build ids of the kernel and its modules, from the dump */
#include <stdio.h>
#include <string.h>

#include "kernel/build.h"
#include "kernel/module.h"
#include "layout/buildid.h"
#include "target/count.h"
#include "target/vmcoreinfo.h"

#define MAX_NOTES	4096u	/* bytes: an id is among the first hundred */
#define MAX_ATTRS	16	/* sections of notes of a module: two or three */

static bool in_memory(const struct ofl_target *t, uint64_t kva, uint64_t bytes,
		      char *hex)
{
	unsigned char notes[MAX_NOTES];

	if (!bytes || bytes > sizeof(notes) ||
	    ofl_read(t, kva, notes, bytes) != OFL_READ_OK)
		return false;
	return ofl_build_id_of_notes(notes, bytes, hex);
}

bool ofl_build_of_kernel(const struct ofl_target *t, char *hex)
{
	uint64_t start, stop;

	if (ofl_vmcoreinfo_text(t, "BUILD-ID", hex, OFL_BUILD_ID_MAX))
		return true;
	hex[0] = '\0';
	return ofl_symbol(t, "__start_notes", &start) &&
	       ofl_symbol(t, "__stop_notes", &stop) && stop > start &&
	       in_memory(t, start, stop - start, hex);
}

static bool known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_MODULE_NOTES, OFL_F_NOTES_ATTRS, OFL_F_BIN_ATTR_BYTES,
		OFL_F_BIN_ATTR_ATTR, OFL_F_BIN_ATTR_SIZE,
		OFL_F_BIN_ATTR_PRIVATE, OFL_F_ATTR_NAME,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

/*
 * A bin_attribute for each section of notes. How many there are is said in
 * another way since the attributes are a group: the first that has not the name of
 * such a section is behind the last.
 */
static bool in_attribute(const struct ofl_target *t, const struct ofl_layout *l,
			 uint64_t attr_kva, bool *more, char *hex)
{
	uint64_t name_kva, notes_kva, bytes;
	char name[OFL_STR_MAX];

	*more = ofl_fact_read_u64(t, l, attr_kva +
				  ofl_fact_u64(l, OFL_F_BIN_ATTR_ATTR),
				  OFL_F_ATTR_NAME, &name_kva) &&
		ofl_read_str(t, name_kva, name, sizeof(name)) &&
		!strncmp(name, ".note", 5);
	return *more &&
	       ofl_fact_read_u64(t, l, attr_kva, OFL_F_BIN_ATTR_PRIVATE,
				 &notes_kva) &&
	       ofl_fact_read_u64(t, l, attr_kva, OFL_F_BIN_ATTR_SIZE, &bytes) &&
	       in_memory(t, notes_kva, bytes, hex);
}

bool ofl_build_of_module(const struct ofl_target *t, const struct ofl_layout *l,
			 const char *name, char *hex)
{
	struct ofl_module m;
	bool found = false, more = true;
	uint64_t attrs_kva;
	int i;

	hex[0] = '\0';
	if (!known(l) || ofl_module_find(t, l, name, &m) != OFL_MODULE_LOADED)
		return false;
	ofl_module_close(&m);
	if (!ofl_fact_read_u64(t, l, m.kva, OFL_F_MODULE_NOTES, &attrs_kva) ||
	    !attrs_kva)
		return false;
	attrs_kva += ofl_fact_u64(l, OFL_F_NOTES_ATTRS);
	for (i = 0; i < MAX_ATTRS && more && !found; i++) {
		found = in_attribute(t, l, attrs_kva, &more, hex);
		attrs_kva += ofl_fact_u64(l, OFL_F_BIN_ATTR_BYTES);
	}
	return found;
}
