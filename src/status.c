// SPDX-License-Identifier: GPL-2.0-or-later
/* status.c - error code and text in one statement */
#include <stdarg.h>
#include <stdio.h>

#include "status.h"

enum ofl_status ofl_fail(struct ofl_err *err, enum ofl_status status,
			 const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return status;
}
