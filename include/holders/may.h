/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * may.h - which holders a page of a kind may have at all
 *
 * Depends on rule.h. A column of its rows (kinds.def), in the words of this room.
 */
#ifndef OFL_MAY_H
#define OFL_MAY_H

#include "judge/rule.h"

/** enum ofl_may - what a kind of page may be; bits */
enum ofl_may {
	OFL_MAY_ANON = 1,	/* a process's: page.mapping is an anon_vma */
	OFL_MAY_FILE = 2,	/* a file's: page.mapping is an address_space */
	OFL_MAY_CHANCE = 4,	/* the same, if its inode leads back: often it is none */
	OFL_MAY_POOL = 8,	/* a free huge page, of the pool */
	OFL_MAY_COUNT0 = 16,	/* the same, if its reference count is 0 */
	OFL_MAY_OPS = 32,	/* of a driver that has movable operations */
	OFL_MAY_AREA = 64,	/* the kernel's: of vmalloc(), a stack, a control group */
};

/** ofl_kind_may() - may pages of this kind be one of these? */
bool ofl_kind_may(enum ofl_kind kind, unsigned int bits);

#endif
