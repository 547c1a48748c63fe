// SPDX-License-Identifier: GPL-2.0-or-later
/* held.c - who holds the pages of the made-up kernel */
#include <stdio.h>

#include "held.h"
#include "kernel/section.h"
#include "layout/load.h"

bool held_load(struct held *h, struct kernel *k, struct texttarget *tt)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_load(k, tt);
	if (ofl_layout_load(&tt->target, &h->layout, &err) ||
	    ofl_fact_load(&tt->target, &ofl_fact_rows[OFL_F_PAGE_MEMCG_DATA],
			  &h->layout.fact[OFL_F_PAGE_MEMCG_DATA], &err) ||
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
