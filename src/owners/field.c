// SPDX-License-Identifier: GPL-2.0-or-later
/* field.c - where the members of a driver's structs are */
#include "owners/field.h"

static bool is_number(uint64_t bytes)
{
	return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

static void load(const struct ofl_types *ty, const struct ofl_field *f,
		 struct ofl_place *ret)
{
	struct ofl_member m;

	*ret = (struct ofl_place){ .known = false };
	ret->known = ofl_types_member(ty, f->type, f->path, &m);
	if (!ret->known && f->older)
		ret->known = ret->older =
			ofl_types_member(ty, f->type, f->older, &m);
	if (!ret->known)
		return;
	ret->offset_bytes = m.offset_bytes;
	ret->size_bytes = m.size_bytes;
	if (f->bytes)
		ret->number_bytes = is_number(m.size_bytes) ?
				    (uint8_t)m.size_bytes : f->bytes;
}

bool ofl_fields_load(const struct ofl_types *ty, const struct ofl_field *field,
		     size_t nr, struct ofl_place *ret)
{
	bool all = true;
	size_t i;

	for (i = 0; i < nr; i++) {
		load(ty, &field[i], &ret[i]);
		all &= ret[i].known || field[i].optional;
	}
	return all;
}

bool ofl_place_read(const struct ofl_target *t, uint64_t kva,
		    const struct ofl_place *place, uint64_t *ret)
{
	return place->known &&
	       ofl_read_uint(t, kva + place->offset_bytes, place->number_bytes,
			     ret);
}
