// SPDX-License-Identifier: GPL-2.0-or-later
/* test_view.c - what is printed, and what when it cannot be */
#include "unit.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "commands/nexts.h"
#include "commands/offowner.h"
#include "view/view.h"

static void get_number(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(*(const int *)row);
}

static void get_bytes(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_size((uint64_t)*(const int *)row * 4096);
}

static void get_words(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)row;
	ret->kind = OFL_CELL_LIST;
	snprintf(ret->text, sizeof(ret->text), "%s", (const char *)ctx);
}

static void get_nothing(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)row;
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
}

static const struct ofl_column columns[] = {
	{ "NUMBER", "number", 6, true, 1, get_number, OFL_JSON_NUMBER, "" },
	{ "SIZE", NULL, 5, true, 2, get_bytes, OFL_JSON_NONE, "" },
	{ "WORDS", "words", 5, false, 4, get_words, OFL_JSON_STRINGS, "" },
	{ NULL, "only_json", 0, false, 8, get_number, OFL_JSON_NUMBER, "" },
	{ "LAST", "last", 0, false, 16, get_nothing, OFL_JSON_STRING_OR_NULL,
	  "" },
};

static const struct ofl_table table = { "rows", false, "", columns,
					ARRAY_LEN(columns) };

static char *text;
static size_t len;

static int drop(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

static enum ofl_status show(FILE *out, bool json, bool header, int rows,
			    const struct ofl_columns *shown, const char *words)
{
	struct ofl_cell field = ofl_cell_text("quote \" and\ttab");
	struct ofl_view v;
	int i;

	ofl_view_open(&v, out, json, header, "test");
	ofl_view_field(&v, "field", "FIELD", &field);
	ofl_view_object(&v, "object");
	field = ofl_cell_hex(UINT64_MAX);
	ofl_view_field(&v, "hex", "HEX", &field);
	ofl_view_object_end(&v);
	ofl_view_table(&v, &table, shown);
	for (i = 1; i <= rows; i++)
		if (ofl_view_row(&v, &i, words))
			break;
	ofl_view_table_end(&v);
	return ofl_view_close(&v, OFL_RESULT_FINDINGS, "said \"so\"");
}

static enum ofl_status to_text(bool json, bool header, int rows,
			       const struct ofl_columns *shown)
{
	FILE *f = open_memstream(&text, &len);
	enum ofl_status st = show(f, json, header, rows, shown, "a,b");

	fclose(f);
	return st;
}

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(to_text(false, true, 2, NULL), OFL_OK);
	assert_string_equal(text,
		"FIELD        quote \" and\\x09tab\n"
		"HEX          0xffffffffffffffff\n"
		"NUMBER  SIZE WORDS LAST\n"
		"     1    4K a,b   ?\n"
		"     2    8K a,b   ?\n"
		"status: findings: said \"so\"\n");
}

static void test_columns_and_no_header(void **state)
{
	struct ofl_columns shown;
	struct ofl_err err;

	(void)state;
	assert_int_equal(ofl_columns_parse(&table, "last,Size", &shown, &err),
			 OFL_OK);
	assert_int_equal(ofl_columns_split(&table, &shown), 18);
	assert_int_equal(to_text(false, false, 1, &shown), OFL_OK);
	assert_non_null(strstr(text, "\n? "));
	assert_non_null(strstr(text, " 4K\n"));
	assert_null(strstr(text, "SIZE"));
}

static void test_no_rows_no_header(void **state)
{
	(void)state;
	assert_int_equal(to_text(false, true, 0, NULL), OFL_OK);
	assert_null(strstr(text, "NUMBER"));
}

/* batches line up: the header once, every row as wide as the first */
static void test_many_rows_line_up(void **state)
{
	char *line, *save = NULL;
	int rows = 0, headers = 0;

	(void)state;
	assert_int_equal(to_text(false, true, 1000, NULL), OFL_OK);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		headers += !strncmp(line, "NUMBER", 6);
		if (line[0] != ' ')
			continue;
		assert_int_equal(atoi(line), ++rows);
		assert_int_equal(strstr(line, "a,b") - line, 13);
	}
	assert_int_equal(rows, 1000);
	assert_int_equal(headers, 1);
}

static struct json_object *parse(void)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	/* one document, then a newline and nothing else */
	assert_int_equal(text[len - 1], '\n');
	o = json_tokener_parse_ex(tok, text, (int)len - 1);
	if (!o || json_tokener_get_error(tok) != json_tokener_success)
		fail_msg("no JSON: %s", text);
	assert_int_equal(json_tokener_get_parse_end(tok), len - 1);
	json_tokener_free(tok);
	return o;
}

static struct json_object *at(struct json_object *o, const char *key)
{
	struct json_object *ret;

	if (!json_object_object_get_ex(o, key, &ret))
		fail_msg("no member %s", key);
	return ret;
}

static void test_json(void **state)
{
	struct json_object *o, *rows, *row;

	(void)state;
	assert_int_equal(to_text(true, true, 3, NULL), OFL_OK);
	o = parse();
	assert_int_equal(json_object_get_int(at(o, "schema")), 2);
	assert_string_equal(json_object_get_string(at(o, "command")), "test");
	assert_string_equal(json_object_get_string(at(o, "field")),
			    "quote \" and\\x09tab");
	assert_true(json_object_get_uint64(at(at(o, "object"), "hex")) ==
		    UINT64_MAX);
	rows = at(o, "rows");
	assert_int_equal(json_object_array_length(rows), 3);
	row = json_object_array_get_idx(rows, 2);
	assert_int_equal(json_object_object_length(row), 4);
	assert_int_equal(json_object_get_int(at(row, "number")), 3);
	assert_int_equal(json_object_get_int(at(row, "only_json")), 3);
	assert_int_equal(json_object_array_length(at(row, "words")), 2);
	assert_null(at(row, "last"));
	assert_string_equal(json_object_get_string(at(at(o, "status"), "result")),
			    "findings");
	assert_string_equal(json_object_get_string(at(at(o, "status"), "message")),
			    "said \"so\"");
	json_object_put(o);
}

static void test_json_without_rows(void **state)
{
	struct json_object *o;

	(void)state;
	assert_int_equal(to_text(true, true, 0, NULL), OFL_OK);
	o = parse();
	assert_int_equal(json_object_array_length(at(o, "rows")), 0);
	json_object_put(o);
}

static void test_sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} size[] = {
		{ 0, "0" }, { 1, "1B" }, { 1023, "1023B" }, { 1024, "1K" },
		{ 4096, "4K" }, { 1536, "1536B" }, { 1 << 20, "1M" },
		{ (1 << 20) + 1024, "1025K" }, { 124ull << 20, "124M" },
		{ 200312ull << 10, "195.6M" }, { 1023ull << 20, "1023M" },
		{ (1ull << 30) - 1, "1023M" }, { 1023999, "999.9K" },
		{ 10000ull << 20, "9.7G" }, { 1700ull << 20, "1700M" },
		{ 1ull << 30, "1G" }, { 1ull << 40, "1T" }, { 1ull << 50, "1P" },
		{ 1ull << 60, "1E" }, { UINT64_MAX, "15.9E" },
	};
	struct ofl_cell c;
	struct ofl_view v;
	char want[64];
	size_t i;
	FILE *f;

	(void)state;
	for (i = 0; i < ARRAY_LEN(size); i++) {
		f = open_memstream(&text, &len);
		ofl_view_open(&v, f, false, true, "test");
		c = ofl_cell_size(size[i].bytes);
		ofl_view_field(&v, "x", "X", &c);
		fclose(f);
		snprintf(want, sizeof(want), "%-12s %s\n", "X", size[i].text);
		assert_string_equal(text, want);
		free(text);
		text = NULL;
	}
}

static void test_bad_columns(void **state)
{
	static const char *const list[] = { "", ",", "NUMBER,", ",NUMBER",
		"NUMBE", "NUMBERS", "NUMBER SIZE", "only_json", "%s" };
	struct ofl_columns shown;
	struct ofl_err err;
	char many[512] = "size";
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(list); i++) {
		if (!ofl_columns_parse(&table, list[i], &shown, &err))
			fail_msg("'%s' is taken", list[i]);
		assert_int_equal(err.status, OFL_ERR_ARG);
		assert_non_null(strstr(err.text, "NUMBER,SIZE,WORDS,LAST"));
	}
	for (i = 0; i < OFL_MAX_COLUMNS; i++)
		strcat(many, ",size");
	assert_int_equal(ofl_columns_parse(&table, many, &shown, &err),
			 OFL_ERR_ARG);
}

static void test_full_device(void **state)
{
	int json;

	(void)state;
	for (json = 0; json < 2; json++) {
		FILE *f = fopen("/dev/full", "w");

		assert_non_null(f);
		assert_int_equal(show(f, json, true, 5, NULL, "a"),
				 OFL_ERR_OUTPUT);
		fclose(f);
		/* and when it is full long before the end */
		f = fopen("/dev/full", "w");
		assert_int_equal(show(f, json, true, 100000, NULL, "a"),
				 OFL_ERR_OUTPUT);
		fclose(f);
	}
}

/* rows must not pile up: what is in use after them all is what was before */
static void test_a_million_rows(void **state)
{
	size_t peak[2] = { 0, 0 };
	int json;

	(void)state;
	for (json = 0; json < 2; json++) {
		FILE *f = fopen("/dev/null", "w");
		struct ofl_view v;
		size_t before = 0;
		int i;

		ofl_view_open(&v, f, json, true, "test");
		ofl_view_table(&v, &table, NULL);
		for (i = 1; i <= 1000000; i++) {
			assert_int_equal(ofl_view_row(&v, &i, "a,b"), OFL_OK);
			if (i == 1024)
				before = alloc_in_use();
			else if (i % 1024 == 0 && alloc_in_use() > peak[json])
				peak[json] = alloc_in_use();
		}
		if (peak[json] > before + 4096)
			fail_msg("%zu bytes in use, %zu at first", peak[json],
				 before);
		ofl_view_table_end(&v);
		assert_int_equal(ofl_view_close(&v, OFL_RESULT_OK, ""), OFL_OK);
		fclose(f);
	}
}

/* whichever allocation fails: said, or done; never a document with a gap */
static void test_every_allocation_fails(void **state)
{
	unsigned long n, total;
	char *whole;
	int json;

	(void)state;
	for (json = 0; json < 2; json++) {
		assert_int_equal(to_text(json, true, 3, NULL), OFL_OK);
		whole = text;
		text = NULL;
		for (n = 1, total = n; n <= total; n++) {
			FILE *f = open_memstream(&text, &len);
			enum ofl_status st;

			alloc_fail_from_now(n);
			st = show(f, json, true, 3, NULL, "a,b");
			total = alloc_stop();
			fclose(f);
			if (st == OFL_OK && strcmp(text, whole))
				fail_msg("allocation %lu, json %d: %s", n, json,
					 text);
			if (st)
				assert_int_equal(st, OFL_ERR_OUTPUT);
			free(text);
			text = NULL;
			if (total < n)
				break;
			total = n + 1;	/* there may be another one */
		}
		assert_true(n > 5);
		free(whole);
	}
}

/* an object of as many members as the row says */
static void get_map(const void *row, const void *ctx, struct ofl_cell *ret)
{
	int i;

	(void)ctx;
	for (i = 0; i < *(const int *)row; i++)
		ofl_map_add(ret, "member", "%0100d", i);
}

static const struct ofl_column map_column = {
	"MAP", "map", 5, false, 0, get_map, OFL_JSON_MAP, "",
};
static const struct ofl_table map_table = { "maps", false, "", &map_column, 1 };

static void assert_map(int members, bool field, enum ofl_result result,
		       const char *status)
{
	struct ofl_cell cell = { .kind = OFL_CELL_MAP };
	FILE *out = open_memstream(&text, &len);
	struct ofl_view v;

	ofl_view_open(&v, out, true, true, "test");
	ofl_view_table(&v, &map_table, NULL);
	if (field)
		get_map(&members, NULL, &cell);
	else
		ofl_view_row(&v, &members, NULL);
	ofl_view_table_end(&v);
	if (field)
		ofl_view_field(&v, "map", NULL, &cell);
	assert_int_equal(ofl_view_close(&v, result, "said"), OFL_OK);
	fclose(out);
	assert_non_null(strstr(text, status));
	assert_int_equal(members > 5, strstr(text, "more members") != NULL);
	assert_null(strstr(text, "000006"));
	drop(NULL);
}

/* a cell that could not hold all members of its object is not passed over */
static void test_cut_map(void **state)
{
	(void)state;
	assert_map(5, false, OFL_RESULT_FINDINGS, "findings");
	assert_map(6, false, OFL_RESULT_FINDINGS, "incomplete");
	assert_map(7, false, OFL_RESULT_OK, "incomplete");
	assert_map(6, true, OFL_RESULT_OK, "incomplete");
	assert_map(6, false, OFL_RESULT_FAILED, "failed");
}

static void say_nexts(const struct ofl_nexts *nexts, bool json)
{
	FILE *out = open_memstream(&text, &len);
	struct ofl_view v;

	assert_non_null(out);
	ofl_view_open(&v, out, json, true, "test");
	ofl_nexts_show(nexts, &v);
	assert_int_equal(ofl_view_close(&v, OFL_RESULT_OK, "done"), OFL_OK);
	assert_int_equal(fclose(out), 0);
}

/* a sentence for several of them is one line, which names the first ones */
static void test_nexts(void **state)
{
	static const char *const about[] = { "a", "b", "a", "c", "b", "d", "e" };
	struct ofl_nexts nexts = { .nr = 0 };
	size_t i;

	(void)state;
	ofl_nexts_add(&nexts, "nothing", NULL);
	ofl_nexts_add(&nexts, "z", "wait");
	for (i = 0; i < ARRAY_LEN(about); i++) {
		ofl_nexts_add(&nexts, about[i], "boot anew");
		if (i + 3 == ARRAY_LEN(about)) {
			say_nexts(&nexts, false);
			assert_non_null(strstr(text, "NEXT (a, b, c): boot"));
			drop(NULL);
		}
	}
	say_nexts(&nexts, false);
	assert_string_equal(text, "NEXT (z): wait\n"
			    "NEXT (a, b, c, others): boot anew\n"
			    "status: ok: done\n");
	drop(NULL);
	say_nexts(&nexts, true);
	assert_null(strstr(text, "boot"));
}

#define CASE(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_cut_map), CASE(test_nexts),
		CASE(test_table), CASE(test_columns_and_no_header),
		CASE(test_no_rows_no_header), CASE(test_many_rows_line_up),
		CASE(test_json), CASE(test_json_without_rows),
		CASE(test_sizes), CASE(test_bad_columns),
		CASE(test_full_device), CASE(test_a_million_rows),
		CASE(test_every_allocation_fails),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
