/* SPDX-License-Identifier: GPL-2.0-or-later */
/* count.h - how many elements an array has; depends on nothing */
#ifndef OFL_COUNT_H
#define OFL_COUNT_H

/** OFL_COUNT() - elements of an array; a pointer does not compile */
#define OFL_COUNT(array)						\
	(sizeof(array) / sizeof((array)[0]) +				\
	 0 * sizeof(struct {						\
		_Static_assert(!__builtin_types_compatible_p(		\
			__typeof__(array), __typeof__(&(array)[0])),	\
			"a pointer has no count");			\
		int unused;						\
	 }))

#endif
