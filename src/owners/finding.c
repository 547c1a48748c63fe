// SPDX-License-Identifier: GPL-2.0-or-later
/* finding.c - the table of what may be wrong by the records of drivers */
#include <stddef.h>

#include "owners/finding.h"
#include "owners/next_texts.h"

#define NEVER		false
#define SOMETIMES	true
#define NOTHING		NULL
#define REPORT \
	"report it to the maintainer of the driver, with this dump"
#define LISTS \
	"take a second dump: if it says the same, report it to the maintainer of the driver"
#define WAIT	"wait until the driver has ended, then take another dump"

const struct ofl_finding_row ofl_finding_rows[OFL_NR_FINDINGS] = {
#define FINDING(id, code, about, severity, explained, what, next, info_next) \
	[OFL_FINDING_##id] = { code, OFL_ABOUT_##about, OFL_SEV_##severity, \
			       explained, what, next, info_next },
#include "owners/findings.def"
#undef FINDING
};

enum ofl_severity ofl_finding_severity(enum ofl_finding_id id, bool explained)
{
	return explained && ofl_finding_rows[id].explained ?
	       OFL_SEV_INFO : ofl_finding_rows[id].severity;
}

const char *ofl_finding_do(const struct ofl_finding_row *row,
			   enum ofl_severity severity)
{
	return severity == OFL_SEV_INFO ? row->info_next : row->next;
}
