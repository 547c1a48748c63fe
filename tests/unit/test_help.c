// SPDX-License-Identifier: GPL-2.0-or-later
/* test_help.c - help pages say what the rows say, in crash's shape */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "commands/manual.h"
#include "commands/options.h"
#include "commands/run.h"
#include "judge/judge.h"

static int drop(void **state)
{
	(void)state;
	ofl_help_free();
	return 0;
}

/* all of a page behind the synopsis, with single blanks and no line ends */
static void flatten(const struct ofl_command *c, char *buf, size_t bytes)
{
	const char *const *line = ofl_help(c) + 2;
	size_t used = 0;
	const char *at;

	for (; *line; line++) {
		for (at = *line; *at && used + 2 < bytes; at++)
			if ((*at != ' ' && *at != '\n') ||
			    (used && buf[used - 1] != ' '))
				buf[used++] = *at == '\n' ? ' ' : *at;
		if (used && buf[used - 1] != ' ')
			buf[used++] = ' ';
	}
	buf[used] = '\0';
	assert_true(used + 2 < bytes);
}

static void expect(const char *page, const char *of, const char *text)
{
	char want[600];
	size_t used = 0;

	for (; *text; text++)
		if (*text != ' ' || text[1] != ' ')
			want[used++] = *text;
	want[used] = '\0';
	if (!strstr(page, want))
		fail_msg("%s: '%s' is not in: %s", of, want, page);
}

static void test_every_row_is_in_help(void **state)
{
	static char page[32768];
	const struct ofl_command *c;
	const struct ofl_option *o;
	const struct ofl_table *const *t;
	const struct ofl_field *f;
	char text[600], option[OFL_OPTION_TEXT_MAX];
	size_t i;

	(void)state;
	for (c = ofl_commands; c->name; c++) {
		flatten(c, page, sizeof(page));
		for (o = ofl_option_rows; o->letter; o++) {
			if (!(o->on & c->on))
				continue;
			ofl_option_text(o, option, sizeof(option));
			snprintf(text, sizeof(text), "[%s%s", option,
				 o[1].not_json && !o->not_json ? " |" : "]");
			expect(page, c->name, text);
			snprintf(text, sizeof(text), "%s %s", option, o->help);
			expect(page, c->name, text);
		}
		for (t = c->manual->tables; *t; t++)
			for (i = 0; i < (*t)->nr_columns; i++) {
				if (!(*t)->column[i].name)
					continue;
				snprintf(text, sizeof(text), "%s %s",
					 (*t)->column[i].name,
					 (*t)->column[i].help);
				expect(page, c->name, text);
			}
		for (f = c->manual->fields; f && f->help; f++) {
			snprintf(text, sizeof(text), "%s %s",
				 f->label ? f->label : "", f->help);
			if (f->label)
				expect(page, c->name, text);
		}
	}
}

/* an option that a page does not have is refused, one that it has is taken */
static void test_options_are_those_of_the_rows(void **state)
{
	const struct ofl_command *c;
	struct ofl_options o;
	struct ofl_err err;
	int letter;

	(void)state;
	for (c = ofl_commands; c->name; c++)
		for (letter = 'A'; letter <= 'z'; letter++) {
			char word[] = { '-', (char)letter, '\0' }, one[] = "1";
			char *argv[] = { (char *)c->name, word, one, NULL };
			const struct ofl_option *row = ofl_option_rows;

			if (letter > 'Z' && letter < 'a')
				continue;
			while (row->letter && (row->letter != letter ||
					       !(row->on & c->on)))
				row++;
			assert_int_equal(!ofl_options_parse(c,
						row->argument ? 3 : 2, argv, &o,
						&err), row->letter != 0);
		}
}

static enum ofl_status parse_name(const struct ofl_command *c, const char *name,
				  const char *argument, struct ofl_err *err)
{
	char word[40], value[8] = "";
	char *argv[] = { (char *)c->name, word, value, NULL };
	struct ofl_options o;

	snprintf(word, sizeof(word), "--%s", name);
	snprintf(value, sizeof(value), "%s", argument ? argument : "");
	return ofl_options_parse(c, argument ? 3 : 2, argv, &o, err);
}

/* so are those that have a name; an error calls them as they can be typed */
static void test_names_are_those_of_the_rows(void **state)
{
	const struct ofl_command *c;
	const struct ofl_option *row;
	struct ofl_err err;

	(void)state;
	for (c = ofl_commands; c->name; c++) {
		assert_int_equal(parse_name(c, "workers", "3", &err), OFL_OK);
		assert_int_equal(parse_name(c, "workers", "0", &err),
				 OFL_ERR_ARG);
		assert_non_null(strstr(err.text, c->on & OFL_ON_OFFBLOCK ?
				       "--workers 0: not" : ": not a number"));
		assert_int_equal(parse_name(c, "workers", NULL, &err),
				 OFL_ERR_ARG);
		assert_non_null(strstr(err.text, "needs an argument"));
		assert_int_equal(parse_name(c, "worker5", "3", &err),
				 OFL_ERR_ARG);
		assert_non_null(strstr(err.text, "unknown option --worker5"));
		for (row = ofl_option_rows; row->letter; row++)
			if (row->name && (row->on & c->on))
				assert_int_equal(parse_name(c, row->name,
						row->argument ? "1" : NULL,
						&err), OFL_OK);
	}
}

static void check_line(const struct ofl_command *c, const char *line,
		       bool transcript)
{
	const char *percent = strchr(line, '%');

	/* crash prints a line with %s by printf(), and no other */
	if (strstr(line, "%s") && (strncmp(percent, "%s", 2) ||
				   strchr(percent + 1, '%')))
		fail_msg("%s: a percent sign in: %s", c->name, line);
	if (line[0] && line[strlen(line) - 1] == ' ')
		fail_msg("%s: blanks at the end of: %s", c->name, line);
	if (!transcript && strlen(line) > 80)
		fail_msg("%s: %zu columns: %s", c->name, strlen(line), line);
}

static void test_shape(void **state)
{
	const struct ofl_command *c;
	char first[256];

	(void)state;
	for (c = ofl_commands; c->name; c++) {
		const char *const *page = ofl_help(c);
		bool transcript = false;
		int examples = 0;
		size_t i;

		assert_string_equal(page[0], c->name);
		/* "  name - summary", "  name synopsis" */
		assert_true(strlen(page[0]) + strlen(page[1]) + 5 <= 80);
		for (i = 0; i < 3; i++)
			assert_null(strchr(page[i], '%'));
		snprintf(first, sizeof(first), "%.*s",
			 (int)strcspn(page[2], "\n"), page[2]);
		assert_true(strlen(page[0]) + strlen(first) + 3 <= 80);
		for (i = 3; page[i]; i++) {
			check_line(c, page[i], transcript);
			transcript = transcript || strstr(page[i], "%s> ");
			examples += !strcmp(page[i], "EXAMPLES");
			if (!strcmp(page[i], "EXAMPLES"))
				assert_non_null(strstr(page[i + 1],
						       ofl_example_of));
		}
		assert_int_equal(examples, 1);
		assert_true(transcript);
		/* crash keeps the pointer */
		assert_ptr_equal(ofl_help(c), page);
	}
}

static size_t explained(const struct ofl_manual *m, const char *word)
{
	size_t i, n = 0;

	for (i = 0; i < m->nr_words; i++)
		n += m->words[i].help && !strcmp(m->words[i].word, word);
	return n;
}

/* words that a command prints are explained on its page, each once, and no others */
static void test_words(void **state)
{
	const struct ofl_manual *blocks = &ofl_manual_offblock;
	const struct ofl_manual *pages = &ofl_manual_offcheck;
	const struct ofl_outcome_row *row;
	size_t i;

	(void)state;
	for (i = 0; i < OFL_NR_RESULTS; i++) {
		assert_string_equal(ofl_result_words[i].word,
				    ofl_result_text((enum ofl_result)i));
		assert_non_null(ofl_result_words[i].help);
	}
	assert_int_equal(blocks->nr_words, OFL_NR_OUTCOMES);
	assert_int_equal(pages->nr_words, OFL_NR_OUTCOMES);
	for (i = 0; i < OFL_NR_OUTCOMES; i++) {
		row = &ofl_outcome_rows[i];
		if (row->block && explained(blocks, row->block) != 1)
			fail_msg("%s is not explained once", row->block);
		if (row->page && explained(pages, row->page) != 1)
			fail_msg("%s is not explained once", row->page);
		if (!row->block && blocks->words[i].help)
			fail_msg("no verdict is called so: %s",
				 blocks->words[i].help);
		if (!row->page && pages->words[i].help)
			fail_msg("no outcome is called so: %s",
				 pages->words[i].help);
	}
}

/* does a line begin with this word, and go on with what it means? */
static bool is_on(const char *const *page, const char *word)
{
	size_t len = strlen(word), i;

	for (i = 3; page[i]; i++) {
		const char *line = page[i] + strspn(page[i], " ");

		if (!strncmp(line, word, len) && line[len] == ' ')
			return true;
	}
	return false;
}

/* each row that means something is printed, the last line's of every command */
static void test_words_are_printed(void **state)
{
	const struct ofl_command *c;
	size_t i;

	(void)state;
	for (c = ofl_commands; c->name; c++) {
		const struct ofl_manual *m = c->manual;

		for (i = 0; i < m->nr_words; i++)
			if (m->words[i].help && !is_on(ofl_help(c), m->words[i].word))
				fail_msg("%s: %s", c->name, m->words[i].word);
		for (i = 0; i < OFL_NR_RESULTS; i++)
			if (!is_on(ofl_help(c), ofl_result_words[i].word))
				fail_msg("%s: %s", c->name, ofl_result_words[i].word);
	}
}

static void test_without_memory(void **state)
{
	const char *const *page;
	unsigned long n;

	(void)state;
	for (n = 1; n <= 3; n++) {
		alloc_fail_from_now(n);
		page = ofl_help(ofl_commands);
		alloc_stop();
		assert_non_null(page[0]);
		assert_non_null(page[1]);
		assert_non_null(page[2]);
		ofl_help_free();
	}
}

#define CASE(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_row_is_in_help),
		CASE(test_options_are_those_of_the_rows),
		CASE(test_names_are_those_of_the_rows),
		CASE(test_shape), CASE(test_words), CASE(test_words_are_printed),
		CASE(test_without_memory),
	};

	return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
