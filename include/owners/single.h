/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * single.h - drivers that have one device, in a static variable
 *
 * Depends on driver.h, field.h. The variable is found in the symbols of the
 * module, which the dump has, or among the kernel's if the driver is built in.
 */
#ifndef OFL_SINGLE_H
#define OFL_SINGLE_H

#include "owners/driver.h"
#include "owners/field.h"

/** struct ofl_single_driver - what there is to know of such a driver */
struct ofl_single_driver {
	const char *module;	/* as the kernel writes it: hv_balloon */
	const char *variable;	/* the static variable, and */
	const char *type;	/* its struct, which no other module defines */
	const struct ofl_field *field;
	size_t nr_fields;
	/* if the layout of the struct is not known: why not all is told, without
	 * a file of types and with one; what that costs; if the variable is not: why */
	const char *no_layout, *no_debuginfo, *note, *no_symbols;
};

/** struct ofl_single - its device in this dump */
struct ofl_single {
	const struct ofl_single_driver *driver;
	const struct ofl_target *t;
	uint64_t kva;		/* of the variable; 0: not found */
	bool layout;		/* all fields that must be known are */
	enum ofl_types_source source;
};

/**
 * ofl_single_find() - is the driver here, and where is its variable?
 *
 * Errors: false if the driver is not here.
 */
bool ofl_single_find(const struct ofl_env *env,
		     const struct ofl_single_driver *driver,
		     struct ofl_single *ret);

/**
 * ofl_single_load() - find the types, and the places of all fields
 * @s:   in/out  from ofl_single_find()
 * @ty:  out     open until the caller closes it, also when nothing was found
 * @ret: out     driver->nr_fields places
 */
void ofl_single_load(const struct ofl_env *env, struct ofl_single *s,
		     struct ofl_types *ty, struct ofl_place *ret);

/** ofl_single_blind() - why pages of the driver may not be known; NULL: they are */
const char *ofl_single_blind(const struct ofl_single *s);

/** ofl_single_show() - what ofl_owner_ops.device() has to say */
void ofl_single_show(const struct ofl_single *s, struct ofl_device *ret);

#endif
