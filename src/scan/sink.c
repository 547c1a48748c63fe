// SPDX-License-Identifier: GPL-2.0-or-later
/* sink.c - which of several sinks adds up */
#include "scan/sink.h"

const struct ofl_sink *ofl_sinks_summing(const struct ofl_sinks *sinks)
{
	const struct ofl_sink *found = NULL;
	size_t i;

	for (i = 0; i < sinks->nr; i++) {
		if (!sinks->sink[i].known)
			continue;
		if (found || !sinks->sink[i].sum.bytes)
			return NULL;
		found = &sinks->sink[i];
	}
	return found;
}
