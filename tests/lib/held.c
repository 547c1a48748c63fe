// SPDX-License-Identifier: GPL-2.0-or-later
/* held.c - who holds the pages of the made-up kernel */
#include <stdio.h>

#include "held.h"
#include "kernel/section.h"
#include "layout/load.h"

/* what holders read of the facts that commands load which judge pages */
static const enum ofl_fact_id late[] = {
	OFL_F_MODULES, OFL_F_MODULE_LIST, OFL_F_MODULE_NAME,
	OFL_F_MODULE_KALLSYMS, OFL_F_KALLSYMS_SYMTAB, OFL_F_KALLSYMS_NUM,
	OFL_F_KALLSYMS_STRTAB,
	OFL_F_PAGE_MEMCG_DATA, OFL_F_PAGE_MEM_CGROUP, OFL_F_LARGE_MAPCOUNT, OFL_F_ENTIRE_MAPCOUNT,
	OFL_F_COMPOUND_MAPCOUNT, OFL_F_IOMEM, OFL_F_RES_START, OFL_F_RES_END,
	OFL_F_RES_NAME, OFL_F_RES_FLAGS, OFL_F_RES_SIBLING, OFL_F_RES_CHILD,
	OFL_F_DEVICE_KOBJ, OFL_F_KOBJ_NAME, OFL_F_SLAB_ALLOCATOR,
};

static bool load_late(struct held *h, struct texttarget *tt, struct ofl_err *err)
{
	size_t i;

	for (i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		if (ofl_fact_load(&tt->target, &ofl_fact_rows[late[i]],
				  &h->layout.fact[late[i]], err))
			return false;
	return true;
}

bool held_load(struct held *h, struct kernel *k, struct texttarget *tt)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_load(k, tt);
	if (ofl_layout_load(&tt->target, &h->layout, &err) ||
	    !load_late(h, tt, &err) ||
	    ofl_layout_load_holders(&tt->target, &h->layout, &err) ||
	    ofl_nodes_load(&tt->target, &h->layout, &h->nodes, &err) ||
	    ofl_section_find_vmemmap(&tt->target, &h->layout, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	h->env = (struct ofl_env){ .t = &tt->target, .l = &h->layout,
				   .n = &h->nodes };
	h->holders = ofl_holders_open(&h->env, 0, 0x1000);
	return h->holders;
}

void held_end(struct held *h, struct texttarget *tt)
{
	ofl_holders_close(h->holders);
	h->holders = NULL;
	ofl_nodes_free(&h->nodes);
	texttarget_free(tt);
}
