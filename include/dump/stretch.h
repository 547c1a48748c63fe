/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stretch.h - bytes that have a place of their own and another one in a file
 *
 * Depends on nothing. Memory of an ELF dump, and the pieces of a stream.
 */
#ifndef OFL_STRETCH_H
#define OFL_STRETCH_H

#include <stddef.h>
#include <stdint.h>

/** struct ofl_stretch - [from, from + bytes) is at @at */
struct ofl_stretch {
	uint64_t from, bytes, at;
};

/**
 * ofl_stretch_of() - the first stretch that ends behind @place
 * @stretch: in  ascending, none lies over another
 *
 * Shape:  an index; @nr: none does. It need not begin at @place or before.
 */
size_t ofl_stretch_of(const struct ofl_stretch *stretch, size_t nr,
		      uint64_t place);

#endif
