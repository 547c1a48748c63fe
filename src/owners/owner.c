// SPDX-License-Identifier: GPL-2.0-or-later
/* owner.c - the table of drivers */
#include <string.h>

#include "owner.h"

const struct ofl_owner_ops *const ofl_owner_table[] = {
	&ofl_owner_virtio_mem,
	NULL
};

enum ofl_status ofl_owners_probe(const struct ofl_env *env,
				 struct ofl_owners *o, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; ofl_owner_table[i] && !st; i++)
		st = ofl_owner_table[i]->probe(env, &o->state[i], err);
	return st;
}

void ofl_owners_free(struct ofl_owners *o)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (o->state[i])
			ofl_owner_table[i]->free(o->state[i]);
	memset(o, 0, sizeof(*o));
}

void ofl_owners_claim(const struct ofl_owners *o,
		      const struct ofl_owner_page *p, struct ofl_claim *ret)
{
	struct ofl_claim c, weak = { .owner = NULL };
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		memset(&c, 0, sizeof(c));
		if (!o->state[i] ||
		    !ofl_owner_table[i]->claim(o->state[i], p, &c))
			continue;
		c.owner = ofl_owner_table[i];
		if (c.mgo == OFL_MGO_KEEPS) {
			weak = c;
			continue;
		}
		*ret = c;
		return;
	}
	*ret = weak;
}

const char *ofl_owner_name(const struct ofl_claim *claim)
{
	return claim->owner ? claim->owner->name : "-";
}
