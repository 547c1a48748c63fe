/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field.h - the members of a driver's structs that are read, as a table
 *
 * Depends on layout/types.h. A driver lists its members once; the loader says
 * where each is in this kernel, and a member is read with the size it has.
 */
#ifndef OFL_FIELD_H
#define OFL_FIELD_H

#include "layout/types.h"

/** struct ofl_field - a member, a row of a driver's table */
struct ofl_field {
	const char *type;	/* the struct that it is in */
	const char *path;	/* as for ofl_types_member() */
	const char *older;	/* its path in older kernels; NULL: the same */
	uint8_t bytes;		/* of the number it is; 0: a place, no number */
	bool optional;		/* the driver can be read without it */
};

/** struct ofl_place - where a field is in this kernel */
struct ofl_place {
	bool known;
	bool older;		/* by its path in older kernels */
	uint64_t offset_bytes;
	uint64_t size_bytes;	/* 0: the types do not say */
	uint8_t number_bytes;	/* 1, 2, 4 or 8; 0: no number */
};

/**
 * ofl_fields_load() - where all fields of a table are
 * @ret: out  one for each field, always valid
 *
 * Shape:  a host may know the place of a member but not its size: then the
 *         table's size is used.
 * Errors: false if a field that is not optional is not known.
 */
bool ofl_fields_load(const struct ofl_types *ty, const struct ofl_field *field,
		     size_t nr, struct ofl_place *ret);

/**
 * ofl_place_read() - read a number out of the struct at @kva
 *
 * Errors: false if the place is not known, is no number, or is unreadable;
 *         *@ret is untouched then.
 */
bool ofl_place_read(const struct ofl_target *t, uint64_t kva,
		    const struct ofl_place *place, uint64_t *ret);

#endif
