// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - the options of all commands, and how they are taken */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/options.h"
#include "scan/workers.h"
#include "target/count.h"

#define ALL	OFL_ON_ALL
#define TEXT(m)	OFL_OPTION_TEXT, offsetof(struct ofl_options, m)
#define FLAG(m)	OFL_OPTION_FLAG, offsetof(struct ofl_options, m)
/* where -w is something else: by its name only */
#define NAMED	(OFL_ON_OFFBLOCK | OFL_ON_OFFMAP)
#define WORKERS	\
	"number of processes that read, 1 to 8; default: one, or one a " \
	"processor for a compressed dump if 32 GiB or more are read, 16 " \
	"with -x"

/* the order is that of a synopsis; what -j excludes stands behind it */
const struct ofl_option ofl_option_rows[] = {
	{ 'n', NULL, "node", ALL, OFL_GROUP_FILTER, false, TEXT(filter.node),
	  "pages of one NUMA node, in decimal" },
	{ 'z', NULL, "zone", ALL, OFL_GROUP_FILTER, false, TEXT(filter.zone),
	  "pages of one zone, by its name in any case: DMA32, Normal, "
	  "Movable" },
	{ 'p', NULL, "pfn[-pfn]", ALL, OFL_GROUP_FILTER, false, TEXT(filter.pfn),
	  "pages by page frame number" },
	{ 'P', NULL, "phys[-phys]", ALL, OFL_GROUP_FILTER, false, TEXT(filter.phys),
	  "pages by physical address" },
	{ 'S', NULL, "section[-section]", ALL, OFL_GROUP_FILTER, false,
	  TEXT(filter.section),
	  "pages by memory section, in decimal as \"kmem -n\" has it, or in "
	  "hexadecimal with 0x" },
	{ 'B', NULL, "memoryN", ALL, OFL_GROUP_FILTER, false, TEXT(filter.block),
	  "pages of one memory block, by its name in sysfs, or by its number N: "
	  "in decimal, or in hexadecimal with 0x" },
	{ 'j', NULL, NULL, ALL, OFL_GROUP_OUTPUT, false, FLAG(json),
	  "one JSON document; docs/output.md describes it" },
	{ 'o', NULL, "column[,...]", OFL_ON_OFFRANGE | OFL_ON_OFFBLOCK,
	  OFL_GROUP_OUTPUT, true, TEXT(columns),
	  "columns of the table, in this order; in any case" },
	{ 'o', NULL, "column[,...]", OFL_ON_OFFLINE, OFL_GROUP_OUTPUT, true,
	  TEXT(columns),
	  "columns of the table of zones, in this order; in any case. With -r "
	  "the rows are those of zones" },
	{ 'H', NULL, NULL, ALL, OFL_GROUP_OUTPUT, true, FLAG(no_header),
	  "no column names" },
	{ 'r', NULL, NULL, ALL, OFL_GROUP_OUTPUT, true, FLAG(raw),
	  "only the rows of the first table, for awk: no column names, no "
	  "status unless it is incomplete or failed (\"# status: ...\"), one "
	  "blank between values, sizes in bytes" },
	{ 'R', NULL, "file", ALL, OFL_GROUP_OUTPUT, false, TEXT(record),
	  "also record what was asked of the kernel in a new text file, for a "
	  "report that can be replayed without the dump: struct pages and the "
	  "kernel's own records, no content of pages" },
	{ 'g', NULL, "file", OFL_ON_OFFMAP, OFL_GROUP_OUTPUT, false,
	  TEXT(picture),
	  "also write the map as a picture to a new file, in SVG: a browser "
	  "shows it, and what a square is when the pointer is over it" },
	{ 'a', NULL, NULL, OFL_ON_OFFCHECK | OFL_ON_OFFBLOCK | OFL_ON_OFFOWNER,
	  OFL_GROUP_SHOW, false, FLAG(all),
	  "all rows: nothing is merged, cut or left out" },
	{ 'a', NULL, NULL, OFL_ON_OFFRANGE, OFL_GROUP_SHOW, false, FLAG(all),
	  "all rows, of stale and unknown pages, too, and every column: nothing "
	  "is merged, cut or left out" },
	{ 'l', NULL, "number", OFL_ON_OFFCHECK, OFL_GROUP_SHOW, false, TEXT(limit),
	  "number of findings to list, each range by itself" },
	{ 'V', NULL, "verdict", OFL_ON_OFFBLOCK, OFL_GROUP_SHOW, false,
	  TEXT(verdict), "only blocks of this verdict, in any case" },
	{ 'O', NULL, "owner",
	  OFL_ON_OFFRANGE | OFL_ON_OFFBLOCK | OFL_ON_OFFOWNER, OFL_GROUP_SHOW,
	  false, TEXT(owner),
	  "only pages of this owner, by the name of its module: virtio_mem, "
	  "virtio_balloon ...; orphan, or unknown; any case, - for _" },
	{ 'v', NULL, NULL, OFL_ON_OFFLINE, OFL_GROUP_SHOW, false, FLAG(verbose),
	  "every fact about this kernel with its source, and how much was "
	  "read" },
	{ 'v', NULL, NULL, OFL_ON_OFFOWNER, OFL_GROUP_SHOW, false, FLAG(verbose),
	  "more about every device" },
	{ 'v', NULL, NULL, OFL_ON_OFFRANGE, OFL_GROUP_SHOW, false,
	  FLAG(verbose), "every column" },
	{ 's', NULL, NULL, OFL_ON_OFFRANGE, OFL_GROUP_SHOW, false, FLAG(totals),
	  "no rows but their sums, by owner, node, zone and reference count, and "
	  "by length" },
	{ 's', NULL, NULL, OFL_ON_OFFBLOCK, OFL_GROUP_SHOW, false, FLAG(sort),
	  "the worst verdict first, then the largest row" },
	{ 'v', NULL, NULL, OFL_ON_OFFBLOCK, OFL_GROUP_SHOW, false,
	  FLAG(verbose), "every column; of one block, every callback that is asked, and the pages of one that is blocked whatever they are" },
	{ 'd', NULL, NULL, OFL_ON_OFFBLOCK, OFL_GROUP_SHOW, false,
	  FLAG(devices),
	  "memory devices instead of blocks: can each be unplugged, and if "
	  "not, which blocks keep it, and who holds them" },
	{ 'w', NULL, NULL, OFL_ON_OFFBLOCK, OFL_GROUP_SHOW, false, FLAG(who),
	  "who holds the pages that are in the way, in a line for each block; "
	  "blocks that are offlinable or offline are left out, -a has them" },
	{ 'w', NULL, NULL, OFL_ON_OFFMAP, OFL_GROUP_SHOW, false, FLAG(who),
	  "by owner, not by verdict: which driver holds PageOffline pages of "
	  "the block; only pages that pass the filters count" },
	{ 's', NULL, NULL, OFL_ON_OFFMAP, OFL_GROUP_SHOW, false,
	  FLAG(by_section),
	  "one character a memory section, not a memory block; each has the "
	  "verdict of its block" },
	{ 'x', NULL, NULL, ALL, OFL_GROUP_READING, false, FLAG(every_page),
	  "look at every page, also inside free blocks and compound pages, "
	  "which are passed over otherwise, and at sections that an earlier "
	  "command has read, which are kept otherwise" },
	{ 'w', "workers", "number", OFL_ON_ALL & ~NAMED, OFL_GROUP_READING,
	  false, OFL_OPTION_PROCESSES, offsetof(struct ofl_options, workers),
	  WORKERS "; --workers is the same" },
	{ OFL_OPTION_WORKERS, "workers", "number", NAMED, OFL_GROUP_READING,
	  false, OFL_OPTION_PROCESSES, offsetof(struct ofl_options, workers),
	  WORKERS },
	{ 'C', NULL, NULL, ALL, OFL_GROUP_READING, false, FLAG(crash_reads),
	  "have crash read every page; otherwise offline.so reads the pages "
	  "of a kdump-compressed or ELF dump itself, which is faster, and "
	  "compares one in 128 with what crash reads" },
	{ OFL_OPTION_VERSION, "version", NULL, OFL_ON_OFFLINE, OFL_GROUP_SHOW,
	  false, FLAG(version),
	  "only the version of offline.so" },
	{ .letter = 0 }
};

const char *const ofl_option_groups[OFL_NR_GROUPS] = {
	[OFL_GROUP_FILTER] = "Filters narrow what is read; different ones intersect, "
		"and none is given twice. "
		"pfn and phys are hexadecimal, with or without 0x; the "
		"end of a range is included, as printed",
	[OFL_GROUP_SHOW] = "What is shown",
	[OFL_GROUP_OUTPUT] = "How it is written",
	[OFL_GROUP_READING] = "How pages are read",
};

static bool has_letter(const struct ofl_option *row)
{
	return isprint((unsigned char)row->letter);
}

/* "-p", "--version" */
static void put_option(const struct ofl_option *row, struct ofl_text *text)
{
	if (has_letter(row))
		ofl_text_add(text, "-%c", row->letter);
	else
		ofl_text_add(text, "--%s", row->name);
}

void ofl_option_text(const struct ofl_option *row, char *buf, size_t bytes)
{
	struct ofl_text text = ofl_text_over(buf, bytes);

	put_option(row, &text);
	if (row->argument)
		ofl_text_add(&text, " %s", row->argument);
}

/* the string that getopt() wants */
static void letters(const struct ofl_command *c, char *buf, size_t bytes)
{
	const struct ofl_option *row;
	size_t used = 0;

	buf[used++] = ':';
	for (row = ofl_option_rows; row->letter && used + 2 < bytes; row++) {
		if (!has_letter(row) || !(row->on & c->on))
			continue;
		buf[used++] = row->letter;
		if (row->argument)
			buf[used++] = ':';
	}
	buf[used] = '\0';
}

/* and its list of names */
static void names(const struct ofl_command *c, struct option *ret, size_t max)
{
	const struct ofl_option *row;
	size_t nr = 0;

	for (row = ofl_option_rows; row->letter && nr + 1 < max; row++)
		if (row->name && (row->on & c->on))
			ret[nr++] = (struct option){
				row->name, row->argument ? 1 : 0, NULL,
				row->letter };
	ret[nr] = (struct option){ .name = NULL };
}

static enum ofl_status set_processes(const struct ofl_option *row,
				     unsigned int *ret, struct ofl_err *err)
{
	char *end, name[OFL_OPTION_TEXT_MAX];
	struct ofl_text text = ofl_text_over(name, sizeof(name));
	unsigned long n = strtoul(optarg, &end, 10);

	put_option(row, &text);
	if (*end || end == optarg || n < 1 || n > OFL_MAX_WORKERS)
		return ofl_fail(err, OFL_ERR_ARG,
			"%s %s: not a number of processes; give 1 to %d", name,
			optarg, OFL_MAX_WORKERS);
	*ret = (unsigned int)n;
	return OFL_OK;
}

static enum ofl_status set(const struct ofl_option *row, struct ofl_options *o,
			   struct ofl_err *err)
{
	void *at = (char *)o + row->at;

	switch (row->kind) {
	case OFL_OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OFL_OPTION_TEXT:
		*(const char **)at = optarg;
		break;
	case OFL_OPTION_PROCESSES:
		return set_processes(row, at, err);
	}
	return OFL_OK;
}

static const struct ofl_option *find(const struct ofl_command *c, int letter)
{
	const struct ofl_option *row = ofl_option_rows;

	while (row->letter && (row->letter != letter || !(row->on & c->on)))
		row++;
	return row->letter ? row : NULL;
}

/*
 * of two different words for one option the first would be dropped, and a filter that is
 * dropped makes an answer out of pages that nobody asked about
 */
static enum ofl_status refuse_again(const struct ofl_option *row,
				    const char *first, struct ofl_err *err)
{
	char name[OFL_OPTION_TEXT_MAX];
	struct ofl_text text = ofl_text_over(name, sizeof(name));

	put_option(row, &text);
	return ofl_fail(err, OFL_ERR_ARG,
			"%s %s and %s %s exclude each other: give one of them",
			name, first, name, optarg);
}

/** struct given - which options there are; their words, if they take one */
struct given {
	bool is[OFL_COUNT(ofl_option_rows)];
	const char *word[OFL_COUNT(ofl_option_rows)];
};

static enum ofl_status note(const struct ofl_option *row, struct given *given,
			    struct ofl_err *err)
{
	size_t i = (size_t)(row - ofl_option_rows);
	char name[OFL_OPTION_TEXT_MAX];
	struct ofl_text text = ofl_text_over(name, sizeof(name));

	/* what a script's empty variable leaves; no message shows it otherwise */
	if (row->argument && !optarg[strspn(optarg, " ")]) {
		put_option(row, &text);
		return ofl_fail(err, OFL_ERR_ARG, "%s '%s': empty; give %s %s",
				name, optarg, name, row->argument);
	}
	if (row->argument && given->is[i] && strcmp(given->word[i], optarg))
		return refuse_again(row, given->word[i], err);
	given->is[i] = true;
	given->word[i] = optarg;
	return OFL_OK;
}

#define ANY	0	/* every other option of the command */

/** struct pair - two options of which one would do nothing */
static const struct pair {
	unsigned int on;
	char letter, other;
	const char *why;	/* follows "exclude each other: " */
} pairs[] = {
	{ OFL_ON_OFFRANGE, 's', 'o', "sums have columns of their own" },
	{ OFL_ON_OFFRANGE, 's', 'a', "sums have columns of their own" },
	{ OFL_ON_OFFRANGE, 's', 'v', "sums have columns of their own" },
	{ OFL_ON_OFFRANGE | OFL_ON_OFFBLOCK, 'v', 'o',
	  "-v shows every column, -o chooses them" },
	{ OFL_ON_OFFLINE | OFL_ON_OFFOWNER, 'r', 'v',
	  "-r writes the rows of one table, -v shows more tables" },
	{ OFL_ON_OFFLINE, OFL_OPTION_VERSION, ANY,
	  "the version is the same for every dump" },
	{ 0 }
};

static bool is_given(const struct given *given, const struct ofl_option *row)
{
	return given->is[row - ofl_option_rows];
}

static enum ofl_status refuse_pair(const struct pair *pair,
				   const struct ofl_option *row,
				   const struct ofl_option *other,
				   struct ofl_err *err)
{
	char name[2][OFL_OPTION_TEXT_MAX];
	struct ofl_text text[2] = { ofl_text_over(name[0], sizeof(name[0])),
				    ofl_text_over(name[1], sizeof(name[1])) };

	put_option(row, &text[0]);
	put_option(other, &text[1]);
	return ofl_fail(err, OFL_ERR_ARG, "%s and %s exclude each other: %s",
			name[0], name[1], pair->why);
}

/* no option is dropped without a word */
static enum ofl_status refuse_pairs(const struct ofl_command *c,
				    const struct given *given,
				    struct ofl_err *err)
{
	const struct ofl_option *row, *other;
	const struct pair *pair;

	for (pair = pairs; pair->on; pair++) {
		row = pair->on & c->on ? find(c, pair->letter) : NULL;
		if (!row || !is_given(given, row))
			continue;
		for (other = ofl_option_rows; other->letter; other++)
			if (other != row && is_given(given, other) &&
			    (pair->other == ANY || pair->other == other->letter))
				return refuse_pair(pair, row, other, err);
	}
	return OFL_OK;
}

/* where -w takes no number, a number behind it would be a block to explain */
static enum ofl_status refuse_number(const struct ofl_command *c,
				     const struct given *given,
				     const char *operand, struct ofl_err *err)
{
	const struct ofl_option *w = find(c, 'w');

	if (!w || w->argument || !is_given(given, w) || !operand[0] ||
	    strspn(operand, "0123456789") != strlen(operand))
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_ARG,
			"-w takes no number here: --workers %s reads with so many processes, memory%s is a block",
			operand, operand);
}

static enum ofl_status refuse(const struct ofl_command *c, int opt,
			      char **argv, struct ofl_err *err)
{
	const struct ofl_option *row = find(c, optopt);
	char name[OFL_OPTION_TEXT_MAX];
	struct ofl_text text = ofl_text_over(name, sizeof(name));

	if (opt == ':' && row) {
		put_option(row, &text);
		return ofl_fail(err, OFL_ERR_ARG,
			"option %s needs an argument; see 'help %s'", name,
			c->name);
	}
	if (optopt <= OFL_OPTION_WORKERS)	/* a name */
		return ofl_fail(err, OFL_ERR_ARG,
			"unknown option %s; see 'help %s'", argv[optind - 1],
			c->name);
	return ofl_fail(err, OFL_ERR_ARG, "unknown option -%c; see 'help %s'",
			optopt, c->name);
}

bool ofl_options_json(const struct ofl_command *c, int argc, char **argv)
{
	struct option named[4];
	char known[64];
	int opt;

	letters(c, known, sizeof(known));
	names(c, named, OFL_COUNT(named));
	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, known, named, NULL)) != -1)
		if (opt == 'j')
			return true;
	return false;
}

/* crash splits "[mem 0x...-0x...]" at the blank */
static void join(char *buf, size_t bytes, const char *word)
{
	struct ofl_text text = ofl_text_after(buf, bytes);

	ofl_text_item(&text, " ", "%s", word);
}

static enum ofl_status operands(const struct ofl_command *c, int argc,
				char **argv, struct ofl_options *o,
				struct ofl_err *err)
{
	int i;

	for (i = optind; i < argc; i++)
		if (!argv[i][strspn(argv[i], " ")])
			return ofl_fail(err, OFL_ERR_ARG,
				"an argument is empty: '%s'; see 'help %s'",
				argv[i], c->name);
	for (; c->operand && optind < argc; optind++)
		join(o->operand, sizeof(o->operand), argv[optind]);
	if (o->operand[0])
		o->filter.operand = o->operand;
	if (optind < argc)
		return ofl_fail(err, OFL_ERR_ARG,
			"unexpected argument '%s'; see 'help %s'",
			argv[optind], c->name);
	return OFL_OK;
}

enum ofl_status ofl_options_parse(const struct ofl_command *c, int argc,
				  char **argv, struct ofl_options *o,
				  struct ofl_err *err)
{
	const struct ofl_option *row, *not_json = NULL;
	struct given given = { .is = { false } };
	struct option named[4];
	char known[64];
	int opt;

	memset(o, 0, sizeof(*o));
	letters(c, known, sizeof(known));
	names(c, named, OFL_COUNT(named));
	optind = 0;		/* glibc: start over, crash has used it before */
	opterr = 0;		/* one line, and we say it */
	while ((opt = getopt_long(argc, argv, known, named, NULL)) != -1) {
		row = find(c, opt);
		if (!row)
			return refuse(c, opt, argv, err);
		if (note(row, &given, err) || set(row, o, err))
			return err->status;
		if (row->not_json && !not_json)
			not_json = row;
	}
	if (operands(c, argc, argv, o, err) ||
	    refuse_pairs(c, &given, err) ||
	    refuse_number(c, &given, o->operand, err))
		return err->status;
	if (o->json && not_json)
		return ofl_fail(err, OFL_ERR_ARG,
			"-%c chooses what a table shows; -j always has every member",
			not_json->letter);
	return OFL_OK;
}
