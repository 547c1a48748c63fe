// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rows.c - the tables of docs/, printed from the rows of options, columns, facts
 *
 *	rows		every table, each behind a line "@ NAME"; and the JSON
 *			Schema of each command behind "@ schema COMMAND"
 *
 * docs.py puts them between the marks of docs/ and into schema/, or compares.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/manual.h"
#include "commands/options.h"
#include "judge/records.h"
#include "judge/rule.h"
#include "owners/finding.h"
#include "commands/run.h"
#include "commands/tables.h"
#include "layout/witness.h"
#include "schema.h"
#include "devices/devices.h"
#include "holders/holder.h"

static void escaped(const char *text)
{
	for (; *text; text++)
		printf(*text == '|' ? "\\|" : "%c", *text);
}

static void commands_of(const struct ofl_option *row)
{
	const struct ofl_command *c;
	const char *before = "";

	if (row->on == OFL_ON_ALL) {
		fputs("all", stdout);
		return;
	}
	for (c = ofl_commands; c->name; c++)
		if (row->on & c->on) {
			printf("%s%s", before, c->name);
			before = ", ";
		}
}

static void options(enum ofl_option_group group, const char *name)
{
	const struct ofl_option *row;
	char text[OFL_OPTION_TEXT_MAX];

	printf("@ options %s\n| option | commands | |\n|---|---|---|\n", name);
	for (row = ofl_option_rows; row->letter; row++) {
		if (row->group != group)
			continue;
		ofl_option_text(row, text, sizeof(text));
		printf("| `%s` | ", text);
		commands_of(row);
		fputs(" | ", stdout);
		escaped(row->help);
		fputs(" |\n", stdout);
	}
}

static void holders(void)
{
	unsigned int i;

	printf("@ holders\n| HOLDER | NAME and DETAIL | what in the dump says so |\n|---|---|---|\n");
	for (i = 0; i < ofl_nr_holder_kinds; i++) {
		printf("| `%s` | ", ofl_holder_table[i]->kind);
		escaped(ofl_holder_table[i]->what);
		fputs(" | ", stdout);
		escaped(ofl_holder_table[i]->evidence);
		fputs(" |\n", stdout);
	}
}

static void devices(void)
{
	const struct ofl_memdev_kind *const *kind;

	printf("@ devices\n| KIND | DEVICE | what in the dump says so |\n|---|---|---|\n");
	for (kind = ofl_memdev_kinds; *kind; kind++) {
		printf("| `%s` | ", (*kind)->name);
		escaped((*kind)->what);
		fputs(" | ", stdout);
		escaped((*kind)->evidence);
		fputs(" |\n", stdout);
	}
}

static void member(const char *path, const char *name, enum ofl_json type,
		   const char *help)
{
	printf("| `%s%s` | %s | ", path, name, ofl_json_text(type));
	escaped(help);
	fputs(" |\n", stdout);
}

static void members_of_table(const struct ofl_table *t)
{
	char path[64];
	size_t i;

	if (!t->json)
		return;
	printf("| `%s%s` | %s | ", t->json, t->keyed ? "{}" : "[]",
	       t->keyed ? "object" : "array");
	escaped(t->help);
	fputs(" |\n", stdout);
	snprintf(path, sizeof(path), "%s%s.", t->json, t->keyed ? "{}" : "[]");
	for (i = t->keyed; i < t->nr_columns; i++)
		if (t->column[i].json)
			member(path, t->column[i].json, t->column[i].type,
			       t->column[i].help);
}

static void fields(const struct ofl_field *row)
{
	for (; row && row->help; row++)
		if (row->json)
			member("", row->json, row->type, row->help);
}

#define MEMBERS "| member | type | |\n|---|---|---|\n"

static void members(const struct ofl_command *c)
{
	const struct ofl_table *const *t;

	printf("@ members %s\n" MEMBERS, c->name);
	fields(c->manual->fields);
	for (t = c->manual->tables; *t; t++)
		members_of_table(*t);
}

static void columns(const struct ofl_command *c, const struct ofl_table *t)
{
	size_t i;

	printf("@ columns %s %s\n| column | |\n|---|---|\n", c->name,
	       t->json ? t->json : t == &ofl_sum_table ? "verdicts" :
	       t == &ofl_first_table ? "pages" :
	       t == &ofl_counter_table ? "records" :
	       t == &ofl_finding_class_table ? "kinds" :
	       t == &ofl_map_table ? "map" :
	       t == &ofl_range_sum_table ? "sums" :
	       t == &ofl_range_length_table ? "lengths" : "owners");
	for (i = 0; i < t->nr_columns; i++) {
		if (!t->column[i].name)
			continue;
		printf("| %s | ", t->column[i].name);
		escaped(t->column[i].help);
		fputs(" |\n", stdout);
	}
}

static void lines(const struct ofl_command *c)
{
	const struct ofl_field *row = c->manual->fields;

	printf("@ lines %s\n| line | |\n|---|---|\n", c->name);
	for (; row && row->help; row++) {
		if (!row->label)
			continue;
		printf("| %s | ", row->label);
		escaped(row->help);
		fputs(" |\n", stdout);
	}
}

static void words(const char *name, const char *of, const struct ofl_word *w,
		  size_t nr)
{
	printf("@ words %s\n| %s | |\n|---|---|\n", name, of);
	for (; nr--; w++) {
		if (!w->help)
			continue;
		printf("| `%s` | ", w->word);
		escaped(w->help);
		fputs(" |\n", stdout);
	}
}

static void synopsis(const struct ofl_command *c)
{
	const char *text = ofl_help(c)[2];

	printf("@ synopsis %s\n    %s ", c->name, c->name);
	for (; *text; text++)
		printf(*text == '\n' ? "\n  " : "%c", *text);
	fputc('\n', stdout);
}

static void outcome(enum ofl_outcome out, enum ofl_step step)
{
	printf(" %s (%s) |", ofl_outcome_rows[out].page,
	       ofl_step_rows[step].text);
}

static void rules(void)
{
	const struct ofl_rule_row *r;

	puts("@ rules\n| code | page | in ZONE_MOVABLE | in other zones |\n"
	     "|---|---|---|---|");
	for (r = ofl_rule_rows; r < ofl_rule_rows + OFL_NR_KINDS; r++) {
		printf("| `%s` | ", r->code);
		escaped(r->what);
		fputs(" |", stdout);
		outcome(r->movable, r->movable_step);
		outcome(r->other, r->other_step);
		puts("");
	}
}

static void findings(const char *name, bool of_pages)
{
	const struct ofl_finding_row *r;

	printf("@ findings %s\n| code | severity | |\n|---|---|---|\n", name);
	for (r = ofl_finding_rows; r < ofl_finding_rows + OFL_NR_FINDINGS; r++) {
		if ((r->about == OFL_ABOUT_PAGES) != of_pages)
			continue;
		printf("| `%s` | %s%s | ", r->code,
		       ofl_severity_text(r->severity),
		       r->explained ? ", or info" : "");
		escaped(r->what);
		fputs(" |\n", stdout);
	}
}

/* a code without a word: the block can be offlined as it is */
static void plain_verdicts(void)
{
	const struct ofl_plain_row *r;

	puts("@ verdicts\n| code | verdict | |\n|---|---|---|");
	for (r = ofl_plain_rows; r < ofl_plain_rows + OFL_NR_PLAIN; r++) {
		if (!r->code[0])
			continue;
		printf("| `%s` | %s | ", r->code,
		       ofl_outcome_rows[r->outcome].block);
		escaped(r->reason);
		fputs(" |\n", stdout);
	}
}

static void steps(void)
{
	const struct ofl_step_row *r;

	puts("@ steps\n| step | it fails, in the kernel's words | it passes |\n"
	     "|---|---|---|");
	for (r = ofl_step_rows; r < ofl_step_rows + OFL_NR_STEPS; r++) {
		printf("| `%s` | %s | ", r->text, r->reason);
		escaped(r->passes);
		fputs(" |\n", stdout);
	}
}

static void help(const struct ofl_command *c)
{
	const char *const *line;

	printf("@ help %s\n", c->name);
	for (line = ofl_help(c); *line; line++)
		puts(*line);
}

/* "debuginfo `page.flags`": who, and what of it */
static void witness(const struct ofl_witness *w)
{
	char text[64];
	size_t who;

	if (w->kind == OFL_W_ALWAYS) {
		printf("else %" PRId64, w->n);
		return;
	}
	ofl_witness_text(w, text, sizeof(text));
	who = strcspn(text, " ");
	if (w->kind == OFL_W_ARRAY)
		who = strlen("debuginfo length of");
	printf("%.*s `%s`", (int)who, text, text + who + 1);
}

static void facts(void)
{
	static const char *const cost[] = {
		[OFL_BY_NOTHING] = "",
		[OFL_BY_JUDGE] = "offcheck, offblock and offowner fail, owners are unknown",
		[OFL_BY_SCAN] = "every command fails",
	};
	const struct ofl_fact_row *row;
	int i, j;

	printf("@ facts\n| fact | witnesses, in order | without it | history |\n"
	       "|---|---|---|---|\n");
	for (i = 0; i < OFL_NR_FACTS; i++) {
		row = &ofl_fact_rows[i];
		printf("| `%s` | ", row->name);
		for (j = 0; j < 4 && row->witness[j].kind; j++) {
			fputs(j ? "; " : "", stdout);
			witness(&row->witness[j]);
		}
		printf(" | %s | %s |\n", row->without ? row->without :
		       cost[row->needed_by], row->history);
	}
}

int main(void)
{
	const struct ofl_command *c;
	const struct ofl_table *const *t;

	options(OFL_GROUP_FILTER, "filter");
	options(OFL_GROUP_SHOW, "show");
	options(OFL_GROUP_OUTPUT, "output");
	options(OFL_GROUP_READING, "reading");
	rules();
	findings("pages", true);
	findings("records", false);
	steps();
	plain_verdicts();
	words("status", "`result`", ofl_result_words, OFL_NR_RESULTS);
	printf("@ members all\n" MEMBERS);
	fields(ofl_common_fields);
	members_of_table(&ofl_unknown_table);
	for (c = ofl_commands; c->name; c++) {
		synopsis(c);
		help(c);
		members(c);
		for (t = c->manual->tables; *t; t++)
			columns(c, *t);
		lines(c);
		if (c->manual->words_of)
			words(c->name, c->manual->words_of, c->manual->words,
			      c->manual->nr_words);
		printf("@ schema %s\n", c->name);
		schema_print(c);
	}
	facts();
	ofl_help_free();
	holders();
	devices();
	return fflush(stdout) ? 1 : 0;
}
