// SPDX-License-Identifier: GPL-2.0-or-later
/* single.c - find a driver's only device and the layout of its struct */
#include <stdio.h>

#include "kernel/module.h"
#include "owners/single.h"
#include "target/text.h"

bool ofl_single_find(const struct ofl_env *env,
		     const struct ofl_single_driver *driver,
		     struct ofl_single *ret)
{
	const struct ofl_target *t = env->t;
	struct ofl_module m;
	uint64_t bytes;

	*ret = (struct ofl_single){ .driver = driver, .t = t };
	if (ofl_module_find(t, env->l, driver->module, &m) ==
	    OFL_MODULE_LOADED) {
		ofl_module_symbol(&m, driver->variable, &ret->kva);
		ofl_module_close(&m);
		return true;
	}
	/* a symbol is looked up in no time, a struct that is not there is not */
	return ofl_symbol(t, driver->variable, &ret->kva) &&
	       ofl_struct_bytes(t, driver->type, &bytes);
}

void ofl_single_load(const struct ofl_env *env, struct ofl_single *s,
		     struct ofl_types *ty, struct ofl_place *ret)
{
	const struct ofl_single_driver *d = s->driver;

	ofl_types_open(env->t, env->l, d->module, d->type,
		       env->types, ty);
	s->source = ty->source;
	s->layout = ofl_fields_load(ty, d->field, d->nr_fields, ret);
}

const char *ofl_single_blind(const struct ofl_single *s)
{
	return !s->layout ? (ofl_is_typed(s->t, s->driver->module) ?
			     s->driver->no_debuginfo : s->driver->no_layout) :
	       !s->kva ? s->driver->no_symbols : NULL;
}

void ofl_single_show(const struct ofl_single *s, struct ofl_device *ret)
{
	struct ofl_text text = ofl_text_over(ret->note, sizeof(ret->note));

	ret->kva = s->kva;
	if (!s->layout) {
		ret->module = s->driver->module;
		ofl_text_add(&text, "%s: ", s->driver->note);
		ofl_types_advice(s->t, s->driver->module, &text);
	} else if (!s->kva) {
		ofl_text_put(ret->note, sizeof(ret->note),
			 "the module is loaded, but its symbols are not in the dump");
	}
}
