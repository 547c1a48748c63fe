// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * help.c - a help page from the rows of a command, in the shape of crash
 *
 * Name, summary, synopsis, then lines. Every string is a printf format to
 * crash: no percent sign in the first three, none next to a %s.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/manual.h"
#include "commands/options.h"
#include "commands/version.h"
#include "target/count.h"
#include "target/text.h"

#define WIDTH	80
#define MARGIN	2

/** struct page - what is kept of one, made from strings behind each other */
struct page {
	const struct ofl_command *of;
	char *text;
	const char **line;
};

static struct page pages[OFL_NR_COMMANDS];

static const char *const no_memory[] = {
	"help", "no memory is left for this help page", "", NULL
};

/* ---- lines ---- */

/* a string ends: one of those that crash gets */
static void end(FILE *f)
{
	fputc('\0', f);
}

static void line(FILE *f, const char *text)
{
	fputs(text, f);
	end(f);
}

/*
 * Words up to the width, further lines as far in as @indent; @at is the column
 * that the text begins in.
 */
static void wrap(FILE *f, int at, int indent, const char *text)
{
	int column = at;
	bool first = true;
	size_t len;

	for (; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (!first && column + 1 + (int)len > WIDTH) {
			end(f);
			column = fprintf(f, "%*s", indent, "");
			first = true;
		}
		column += fprintf(f, "%s%.*s", first ? "" : " ", (int)len,
				  text);
		first = false;
	}
	end(f);
}

static void paragraph(FILE *f, const char *text)
{
	wrap(f, fprintf(f, "%*s", MARGIN, ""), MARGIN, text);
	line(f, "");
}

/* what rows begin with, as a sentence: "Pages ...:" */
static void heading(FILE *f, const char *text)
{
	char copy[400];

	ofl_text_put(copy, sizeof(copy), "%c%s:",
		     toupper((unsigned char)text[0]), text + 1);
	paragraph(f, copy);
}

/* "    NAME      what it is" */
static void item(FILE *f, int width, const char *name, const char *help)
{
	int indent = 2 * MARGIN + width + 2;

	wrap(f, fprintf(f, "%*s%-*s  ", 2 * MARGIN, "", width, name), indent,
	     help);
}

static int longer(int width, const char *name)
{
	int len = name ? (int)strlen(name) : 0;

	return len > width ? len : width;
}

/* ---- options ---- */

/* the parts of a synopsis are not broken, so newlines separate them */
static void synopsis_parts(const struct ofl_command *c, FILE *f)
{
	const struct ofl_option *row;
	char text[OFL_OPTION_TEXT_MAX];

	for (row = ofl_option_rows; row->letter; row++) {
		if (!(row->on & c->on))
			continue;
		ofl_option_text(row, text, sizeof(text));
		if (row[1].not_json && !row->not_json)
			fprintf(f, "[%s |", text);
		else
			fprintf(f, "%s[%s]", row->not_json ? " " : "", text);
		if (row->not_json && !row[1].not_json)
			fputc(']', f);
		if (!row[1].not_json)
			fputc('\n', f);
	}
	if (c->manual->operand)
		fprintf(f, "%s\n", c->manual->operand);
}

static void synopsis(const struct ofl_command *c, FILE *f)
{
	int indent = MARGIN + (int)strlen(c->name) + 1, column = indent;
	char *parts = NULL, *part, *save = NULL;
	size_t bytes;
	FILE *mem = open_memstream(&parts, &bytes);

	if (!mem)
		return;
	synopsis_parts(c, mem);
	fclose(mem);
	for (part = strtok_r(parts, "\n", &save); part;
	     part = strtok_r(NULL, "\n", &save)) {
		if (column + 1 + (int)strlen(part) > WIDTH) {
			fprintf(f, "\n%*s", indent, "");
			column = indent;
		}
		column += fprintf(f, "%s%s", column > indent ? " " : "", part);
	}
	free(parts);
	end(f);
}

static void options(const struct ofl_command *c, enum ofl_option_group group,
		    FILE *f)
{
	const struct ofl_option *row;
	bool first = true;
	char text[OFL_OPTION_TEXT_MAX];

	for (row = ofl_option_rows; row->letter; row++) {
		if (!(row->on & c->on) || row->group != group)
			continue;
		if (first)
			heading(f, ofl_option_groups[group]);
		first = false;
		ofl_option_text(row, text, sizeof(text));
		item(f, 21, text, row->help);
	}
	if (!first)
		line(f, "");
}

/* ---- what is printed ---- */

static void labels(const struct ofl_field *field, FILE *f)
{
	int width = 0;
	const struct ofl_field *row;

	for (row = field; row && row->help; row++)
		width = longer(width, row->label);
	if (!width)
		return;
	heading(f, "lines");
	for (row = field; row->help; row++)
		if (row->label)
			item(f, width, row->label, row->help);
	line(f, "");
}

static void columns(const struct ofl_table *table, FILE *f)
{
	int width = 0;
	size_t i;

	for (i = 0; i < table->nr_columns; i++)
		width = longer(width, table->column[i].name);
	if (!width)
		return;
	heading(f, table->help);
	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name)
			item(f, width, table->column[i].name,
			     table->column[i].help);
	line(f, "");
}

static void words(const char *of, const struct ofl_word *word, size_t nr,
		  FILE *f)
{
	int width = 0;
	char text[160];
	size_t i;

	for (i = 0; i < nr; i++)
		if (word[i].help)
			width = longer(width, word[i].word);
	if (!width)
		return;
	ofl_text_put(text, sizeof(text), "%s is one of", of);
	heading(f, text);
	for (i = 0; i < nr; i++)
		if (word[i].help)
			item(f, width, word[i].word, word[i].help);
	line(f, "");
}

static void example(const struct ofl_command *c, FILE *f)
{
	const char *const *l = c->manual->example;

	line(f, "EXAMPLES");
	paragraph(f, ofl_example_of);
	fprintf(f, "    %%s> %s", c->manual->command);
	end(f);
	for (; *l; l++) {
		fprintf(f, "    %s", *l);
		end(f);
	}
}

/* pages name files of docs/ */
static void docs(FILE *f)
{
	char text[300];

	if (!ofl_docs_path[0])
		return;
	line(f, "");
	ofl_text_put(text, sizeof(text), "docs/ is installed as %s",
		     ofl_docs_path);
	paragraph(f, text);
}

static void write_page(const struct ofl_command *c, FILE *f)
{
	const struct ofl_manual *m = c->manual;
	const struct ofl_table *const *table;
	const char *const *text;
	int group;

	line(f, c->name);
	line(f, m->summary);
	synopsis(c, f);
	for (text = m->about; *text; text++)
		paragraph(f, *text);
	for (group = 0; group < OFL_NR_GROUPS; group++)
		options(c, (enum ofl_option_group)group, f);
	labels(m->fields, f);
	for (table = m->tables; *table; table++)
		columns(*table, f);
	words(m->words_of, m->words, m->nr_words, f);
	words("The last line is for scripts, crash itself gives them no exit "
	      "status; its first word", ofl_result_words, OFL_NR_RESULTS, f);
	example(c, f);
	docs(f);
}

/* ---- pages ---- */

static bool split(struct page *p, size_t bytes)
{
	size_t i, nr = 0;
	char *at;

	for (i = 0; i < bytes; i++)
		nr += !p->text[i];
	p->line = calloc(nr + 1, sizeof(*p->line));
	if (!p->line)
		return false;
	for (i = 0, at = p->text; i < nr; i++, at += strlen(at) + 1)
		p->line[i] = at;
	return true;
}

static bool make_page(struct page *p, const struct ofl_command *c)
{
	size_t bytes;
	FILE *f = open_memstream(&p->text, &bytes);
	bool whole;

	if (!f)
		return false;
	write_page(c, f);
	whole = !ferror(f);
	whole = !fclose(f) && whole;
	if (whole && split(p, bytes)) {
		p->of = c;
		return true;
	}
	free(p->text);
	p->text = NULL;
	return false;
}

const char *const *ofl_help(const struct ofl_command *c)
{
	struct page *p = pages;

	while (p->of && p->of != c && p < pages + OFL_COUNT(pages) - 1)
		p++;
	if (p->of == c || (!p->of && make_page(p, c)))
		return p->line;
	return no_memory;
}

void ofl_help_free(void)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(pages); i++) {
		free(pages[i].text);
		free(pages[i].line);
		pages[i] = (struct page){ .of = NULL };
	}
}
