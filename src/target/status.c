// SPDX-License-Identifier: GPL-2.0-or-later
/* status.c - error code and text in one statement */
#include <stdarg.h>
#include <stdio.h>

#include "target/status.h"
#include "target/text.h"

enum ofl_status ofl_fail(struct ofl_err *err, enum ofl_status status,
			 const char *fmt, ...)
{
	struct ofl_text text = ofl_text_over(err->text, sizeof(err->text));
	char raw[1024];
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	/* what the user typed or a dump holds is in it: no terminal codes */
	ofl_text_escaped(&text, raw);
	return status;
}

enum ofl_status ofl_fail_in(struct ofl_err *err, const char *fmt, ...)
{
	const struct ofl_err cause = *err;
	char raw[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	return ofl_fail(err, cause.status, "%s: %s", raw, cause.text);
}
