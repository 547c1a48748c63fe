// SPDX-License-Identifier: GPL-2.0-or-later
/* status.c - error code and text in one statement */
#include <stdarg.h>
#include <stdio.h>

#include "target/status.h"

enum ofl_status ofl_fail(struct ofl_err *err, enum ofl_status status,
			 const char *fmt, ...)
{
	va_list ap;
	char *c;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	/* what the user typed comes back in it: one line, and no terminal codes */
	for (c = err->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	return status;
}
