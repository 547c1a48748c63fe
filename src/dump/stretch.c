// SPDX-License-Identifier: GPL-2.0-or-later
/* stretch.c - bytes that have a place of their own and another one in a file */
#include "dump/stretch.h"

size_t ofl_stretch_of(const struct ofl_stretch *stretch, size_t nr,
		      uint64_t place)
{
	size_t low = 0, high = nr, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (stretch[mid].from + stretch[mid].bytes <= place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
