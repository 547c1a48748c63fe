// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkman.c - the man pages, from the rows that help pages are printed from
 *
 *	mkman NAME	offline.so(7), or the page of a command, to stdout
 *
 * docs.py compares nothing here: the pages are made whenever they are needed.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "commands/manual.h"
#include "commands/options.h"
#include "commands/run.h"
#include "commands/tables.h"
#include "commands/version.h"

/* nothing of a text is taken for a request or an escape */
static void put(const char *text)
{
	bool first = true;

	for (; *text; text++) {
		if (first && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		first = *text == '\n';
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '^')
			fputs("\\(ha", stdout);
		else if (*text == '~')
			fputs("\\(ti", stdout);
		else
			putchar(*text);
	}
}

static void line(const char *text)
{
	put(text);
	putchar('\n');
}

/* ".SH" or ".SS" */
static void heading(const char *macro, const char *text)
{
	printf("%s \"%c", macro, toupper((unsigned char)text[0]));
	put(text + 1);
	puts("\"");
}

static void item(const char *name, const char *help)
{
	fputs(".TP\n.B ", stdout);
	line(name);
	line(help);
}

static void words(const struct ofl_word *word, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (word[i].help)
			item(word[i].word, word[i].help);
}

static void title(const char *name, const char *summary)
{
	char upper[64];
	size_t i;

	for (i = 0; name[i] && i + 1 < sizeof(upper); i++)
		upper[i] = (char)toupper((unsigned char)name[i]);
	upper[i] = '\0';
	printf(".\\\" made by mkman from the rows of the help pages\n");
	printf(".TH %s 7 \"\" \"offline.so %s\" \"crash extensions\"\n", upper,
	       ofl_version);
	puts(".SH NAME");
	put(name);
	fputs(" \\- ", stdout);
	line(summary);
}

/* ---- a command ---- */

static void synopsis(const struct ofl_command *c)
{
	const char *at = ofl_help(c)[2];

	puts(".SH SYNOPSIS");
	printf(".B %s\n", c->name);
	/* as broken as in the help page, which is no matter to roff */
	for (; *at; at += strspn(at, "\n ")) {
		size_t len = strcspn(at, "\n");
		char part[256];

		snprintf(part, sizeof(part), "%.*s", (int)len, at);
		line(part);
		at += len;
	}
}

static void options(const struct ofl_command *c)
{
	const struct ofl_option *row;
	char text[OFL_OPTION_TEXT_MAX];
	bool first, any = false;
	int group;

	puts(".SH OPTIONS");
	for (group = 0; group < OFL_NR_GROUPS; group++) {
		first = true;
		for (row = ofl_option_rows; row->letter; row++) {
			if (!(row->on & c->on) || (int)row->group != group)
				continue;
			if (first) {
				fputs(any ? ".PP\n" : "", stdout);
				put(ofl_option_groups[group]);
				puts(":");
			}
			first = false;
			any = true;
			ofl_option_text(row, text, sizeof(text));
			item(text, row->help);
		}
	}
}

static void output(const struct ofl_manual *m)
{
	const struct ofl_table *const *t;
	const struct ofl_field *row;
	bool any = false;
	size_t i;

	puts(".SH OUTPUT");
	for (row = m->fields; row && row->help; row++)
		if (row->label) {
			if (!any)
				puts(".SS \"Lines\"");
			any = true;
			item(row->label, row->help);
		}
	for (t = m->tables; *t; t++) {
		heading(".SS", (*t)->help);
		for (i = 0; i < (*t)->nr_columns; i++)
			if ((*t)->column[i].name)
				item((*t)->column[i].name, (*t)->column[i].help);
	}
	if (m->words_of)
		printf(".SS \"Words of %s\"\n", m->words_of);
	words(m->words, m->nr_words);
}

static void results(void)
{
	puts(".SH \"EXIT STATUS\"");
	line("crash has none for a command: the last line says how it ended, "
	     "\"status:\" and one of these words.");
	words(ofl_result_words, OFL_NR_RESULTS);
}

/* @loads: in  the extension is not loaded yet */
static void example(const struct ofl_manual *m, bool loads)
{
	const char *const *l;

	puts(".SH EXAMPLES");
	line(ofl_example_of);
	puts(".PP\n.nf");
	if (loads)
		line("crash> extend offline.so");
	fputs("crash> ", stdout);
	line(m->command);
	for (l = m->example; *l; l++)
		line(*l);
	puts(".fi");
}

static void see_also(const struct ofl_command *but)
{
	const struct ofl_command *c;

	puts(".SH \"SEE ALSO\"");
	if (but)
		puts(".BR offline.so (7),");
	for (c = ofl_commands; c->name; c++)
		if (c != but)
			printf(".BR %s (7),\n", c->name);
	puts(".BR offline\\-report (1),\n.BR crash (8)");
}

static void command(const struct ofl_command *c)
{
	const char *const *text;

	title(c->name, c->manual->summary);
	synopsis(c);
	puts(".SH DESCRIPTION");
	for (text = c->manual->about; *text; text++) {
		if (text != c->manual->about)
			puts(".PP");
		line(*text);
	}
	options(c);
	output(c->manual);
	results();
	example(c->manual, false);
	see_also(c);
}

/* ---- the extension ---- */

static const char *const about[] = {
	"An extension of the crash utility. It shows which memory of a Linux "
	"kernel is marked PageOffline: taken away by a balloon driver, unplugged "
	"by virtio_mem, or never brought online. It finds the driver and the "
	"device that hold the pages, holds them against the rule by which "
	"memory offlining passes over such pages, and says of every memory "
	"block whether it can be offlined.",
	"\"extend offline.so\" loads it, \"help COMMAND\" in crash is the page "
	"of a command. A line \"extend offline.so\" in ~/.crashrc loads it in "
	"every session. It refuses to load into a crash of another major "
	"version than it was built for.",
	NULL
};

static void extension(void)
{
	const struct ofl_command *c;
	const char *const *text;

	title("offline.so", "PageOffline memory in the crash utility");
	puts(".SH SYNOPSIS\n.B extend offline.so\n.SH DESCRIPTION");
	for (text = about; *text; text++) {
		if (text != about)
			puts(".PP");
		line(*text);
	}
	puts(".SH COMMANDS");
	for (c = ofl_commands; c->name; c++)
		item(c->name, c->manual->summary);
	results();
	puts(".SH FILES");
	item(ofl_schema_path,
	     "JSON Schemas of the documents that -j prints.");
	item(ofl_docs_path, "docs/: what columns, members and words mean, what "
	     "is assumed about kernels, and a guide.");
	/* the first command is the one to begin with */
	example(ofl_commands->manual, true);
	see_also(NULL);
}

int main(int argc, char **argv)
{
	const struct ofl_command *c = ofl_commands;

	if (argc != 2) {
		fputs("usage: mkman offline.so | COMMAND\n", stderr);
		return 2;
	}
	while (c->name && strcmp(c->name, argv[1]))
		c++;
	if (c->name)
		command(c);
	else if (!strcmp(argv[1], "offline.so"))
		extension();
	else
		return 2;
	ofl_help_free();
	return fflush(stdout) ? 1 : 0;
}
