// SPDX-License-Identifier: GPL-2.0-or-later
/* facts.c - the table of everything assumed about a kernel, of facts_*.def */
#include "layout/facts.h"
#include "target/target.h"

#define STRUCT(s)	{ OFL_W_STRUCT, s, NULL, 0 }
#define OFFSET(s, m)	{ OFL_W_OFFSET, s, m, 0 }
#define BYTES(s, m)	{ OFL_W_BYTES, s, m, 0 }
#define ENUM(e)		{ OFL_W_ENUM, e, NULL, 0 }
#define NUMBER(k)	{ OFL_W_NUMBER, k, NULL, 0 }
#define HOST(n)		{ OFL_W_HOST, NULL, NULL, n }
#define SYMBOL(s)	{ OFL_W_SYMBOL, s, NULL, 0 }
#define INT(s)		{ OFL_W_INT, s, NULL, 0 }
#define ARRAY(s)	{ OFL_W_ARRAY, s, NULL, 0 }
#define EVER(n)		{ OFL_W_ALWAYS, NULL, NULL, n }

#define NEEDED_BY(user)	.needed_by = OFL_BY_##user
#define HEX		.hex = true

const struct ofl_fact_row ofl_fact_rows[OFL_NR_FACTS] = {
#define FACT(id, name, asked, ...) \
	[OFL_F_##id] = { name, OFL_ASKED_##asked, __VA_ARGS__ },
#include "layout/facts_memmap.def"
#include "layout/facts_judge.def"
#include "layout/facts_drivers.def"
#include "layout/facts_holders.def"
#undef FACT
};
