// SPDX-License-Identifier: GPL-2.0-or-later
/* cgroup.c - from page.memcg_data to a path */
#include "holders/cgroup.h"
#include "target/text.h"

#define KMEM		2	/* MEMCG_DATA_KMEM: it is an obj_cgroup */
#define FLAGS		7
#define MAX_PARTS	32
#define NAME_CHARS	48

uint64_t ofl_cgroup_charge(const struct ofl_walk *w, const unsigned char *raw)
{
	const struct ofl_page_format *f = &w->format;
	uint64_t charge = ofl_page_charge(f, raw);
	bool kernels = ofl_fact_known(w->l, OFL_F_PAGE_MEMCG_DATA) ?
		       (charge & FLAGS) == KMEM :
		       ofl_page_is_kmemcg(f, ofl_page_type(f, raw));

	return kernels ? charge : 0;
}

/* names from the group up to the root, which has none */
static bool path_of(struct ofl_walk *w, uint64_t kn, char *buf, size_t bytes)
{
	char part[MAX_PARTS][NAME_CHARS];
	struct ofl_text text = ofl_text_over(buf, bytes);
	unsigned int nr = 0;
	uint64_t name_kva, parent;

	for (;;) {
		if (!ofl_walk_number(w, kn, OFL_F_KN_PARENT, 8, &parent))
			return false;
		if (!parent)
			break;
		if (nr == MAX_PARTS || !ofl_is_kernel_pointer(w, parent))
			return ofl_walk_broke(w, kn, "is no directory of control groups");
		if (!ofl_walk_pointer_any(w, kn, OFL_F_KN_NAME, &name_kva) ||
		    !ofl_walk_text(w, name_kva, part[nr], NAME_CHARS))
			return false;
		nr++;
		kn = parent;
	}
	if (!nr)
		ofl_text_add(&text, "/");
	while (nr--)
		ofl_text_add(&text, "/%s", part[nr]);
	return true;
}

/* a cgroup and its directory point to each other */
static bool directory_of(struct ofl_walk *w, uint64_t cgroup, uint64_t *kn)
{
	uint64_t back;

	return ofl_walk_pointer(w, cgroup, OFL_F_CGROUP_KN, kn) &&
	       ofl_walk_number(w, *kn, OFL_F_KN_PRIV, 8, &back) &&
	       (back == cgroup ||
		ofl_walk_broke(w, *kn, "does not point back to its control group"));
}

bool ofl_cgroup_of_page(struct ofl_walk *w, uint64_t memcg_data, char *buf,
			size_t bytes)
{
	uint64_t memcg = memcg_data & ~(uint64_t)FLAGS, cgroup, kn;

	if (!ofl_is_kernel_pointer(w, memcg) ||
	    !ofl_fact_known(w->l, OFL_F_MEMCG_CSS) ||
	    !ofl_fact_known(w->l, OFL_F_KN_PRIV))
		return false;
	if ((memcg_data & KMEM) &&
	    !ofl_walk_pointer(w, memcg, OFL_F_OBJCG_MEMCG, &memcg))
		return false;
	return ofl_walk_pointer(w, ofl_walk_at(w, memcg, OFL_F_MEMCG_CSS),
				OFL_F_CSS_CGROUP, &cgroup) &&
	       directory_of(w, cgroup, &kn) && path_of(w, kn, buf, bytes);
}
