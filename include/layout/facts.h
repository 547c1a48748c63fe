/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - the table of everything assumed about a kernel
 *
 * Depends on nothing. Every assumption is a row of facts_*.def: a name, the
 * witnesses that can prove it, and the commit that made it so. All
 * witnesses that this dump has are asked; if two disagree, nothing is
 * believed. No kernel version is ever compared.
 */
#ifndef OFL_FACTS_H
#define OFL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * FACT(id, name, asked, ...)
 *
 * name:   stable: key of facts{} in JSON
 * asked:  EARLY, by every command; LATE, by commands that judge pages; HOLDERS, by
 *         those that name holders of pages. Enumerators cost crash up to 33 ms each.
 * ...:    NEEDED_BY(user) and HEX, where they hold; .witness, .history, .without of
 *         struct ofl_fact_row
 *
 * To support a change in the kernel, add a witness to a row or add a row. The
 * table of docs/kernels.md is made of these rows ("make docs").
 */

/** enum ofl_fact_id - a row each; the files, and rows in them, are as they are printed */
enum ofl_fact_id {
#define FACT(id, ...) OFL_F_##id,
#include "layout/facts_memmap.def"
#include "layout/facts_judge.def"
#include "layout/facts_drivers.def"
#include "layout/facts_holders.def"
#undef FACT
	OFL_NR_FACTS
};

/** enum ofl_witness_kind - how a witness is asked */
enum ofl_witness_kind {
	OFL_W_NONE,
	OFL_W_STRUCT,		/* sizeof(struct a) */
	OFL_W_OFFSET,		/* offsetof(struct a, b) */
	OFL_W_BYTES,		/* sizeof(((struct a *)0)->b) */
	OFL_W_ENUM,		/* enumerator a */
	OFL_W_NUMBER,		/* decimal number at VMCOREINFO key a */
	OFL_W_HOST,		/* the host's number n */
	OFL_W_SYMBOL,		/* address of symbol a */
	OFL_W_INT,		/* int variable a, read from memory */
	OFL_W_ARRAY,		/* elements of array a */
	OFL_W_ALWAYS,	/* n, if nothing else answered: never differed */
};

/** struct ofl_witness - one source of a fact */
struct ofl_witness {
	enum ofl_witness_kind kind;
	const char *a, *b;
	int64_t n;
};

/** enum ofl_fact_user - what cannot do without a fact */
enum ofl_fact_user {
	OFL_BY_NOTHING,		/* where it is used, it may be missing */
	OFL_BY_JUDGE,		/* commands that judge pages */
	OFL_BY_SCAN,		/* every command */
};

/** enum ofl_asked - by which commands */
enum ofl_asked { OFL_ASKED_LATE, OFL_ASKED_EARLY, OFL_ASKED_HOLDERS };

/** struct ofl_fact_row - an assumption, its witnesses, its history, its worth */
struct ofl_fact_row {
	const char *name;	/* stable: key of facts{} in JSON */
	enum ofl_asked asked;
	enum ofl_fact_user needed_by;
	bool hex;		/* printed in hexadecimal */
	struct ofl_witness witness[4];	/* in order of preference */
	const char *history;	/* since when, and the commit; docs/kernels.md */
	const char *without;	/* what it costs; NULL: see needed_by */
};

extern const struct ofl_fact_row ofl_fact_rows[OFL_NR_FACTS];

#endif
