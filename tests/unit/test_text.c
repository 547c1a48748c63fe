// SPDX-License-Identifier: GPL-2.0-or-later
/* test_text.c - text with bounds: never past the buffer, never cut in silence */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "target/status.h"
#include "target/text.h"

/* what fits is there, byte by byte up to the last */
static void test_add(void **state)
{
	char buf[8];
	struct ofl_text t = ofl_text_over(buf, sizeof(buf));

	(void)state;
	ofl_text_add(&t, "%s", "abc");
	ofl_text_item(&t, ", ", "%d", 42);
	assert_string_equal(buf, "abc, 42");
	assert_int_equal(t.used, 7);
	assert_false(t.cut);
	ofl_text_add(&t, "%s", "");
	assert_false(t.cut);
	ofl_text_add(&t, "x");
	assert_true(t.cut);
	assert_string_equal(buf, "abc,...");
}

/* a sentence that does not fit says so */
static void test_put(void **state)
{
	char buf[8] = "before";

	(void)state;
	ofl_text_put(buf, sizeof(buf), "%d page%s", 1, "");
	assert_string_equal(buf, "1 page");
	ofl_text_put(buf, sizeof(buf), "%d page%s", 10, "s");
	assert_string_equal(buf, "10 p...");
}

/* nothing follows what was cut, however short it is */
static void test_after_a_cut(void **state)
{
	char buf[8] = "kernel";
	struct ofl_text t = ofl_text_after(buf, sizeof(buf));

	(void)state;
	assert_int_equal(t.used, 6);
	ofl_text_add(&t, "%s", "too long");
	assert_string_equal(buf, "kern...");
	ofl_text_add(&t, "x");
	ofl_text_escaped(&t, "y");
	assert_false(ofl_text_whole(&t, "z"));
	assert_string_equal(buf, "kern...");
}

static void test_whole(void **state)
{
	char buf[8];
	struct ofl_text t = ofl_text_over(buf, sizeof(buf));

	(void)state;
	assert_true(ofl_text_whole(&t, "%s", "abcd"));
	assert_false(ofl_text_whole(&t, "%s", "efgh"));
	assert_string_equal(buf, "abcd");
	assert_true(t.cut);
}

/* every size of buffer, from the heap: the sanitizer sees a byte too many */
static void test_any_size(void **state)
{
	size_t bytes, nr;

	(void)state;
	for (bytes = 1; bytes < 24; bytes++)
		for (nr = 0; nr < 8; nr++) {
			char *buf = malloc(bytes);
			struct ofl_text t = ofl_text_over(buf, bytes);
			size_t i;

			for (i = 0; i < nr; i++)
				ofl_text_item(&t, ", ", "%zx", i);
			ofl_text_escaped(&t, "\x1b\xc3\xa9");
			assert_int_equal(strlen(buf), t.used);
			assert_true(t.used < bytes);
			free(buf);
		}
}

static void check_escaped(const char *from, const char *expected)
{
	char buf[64];
	struct ofl_text t = ofl_text_over(buf, sizeof(buf));

	ofl_text_escaped(&t, from);
	assert_string_equal(buf, expected);
}

static void test_escaped(void **state)
{
	(void)state;
	check_escaped("6.1.0-9 #1 ~", "6.1.0-9 #1 ~");
	check_escaped("6.1\033]0;x\007", "6.1\\x1b]0;x\\x07");
	check_escaped("a\nb\x7f", "a\\x0ab\\x7f");
	check_escaped("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7",
		      "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7");
	/* C1 in one byte and in two, overlong, a surrogate, above U+10FFFF */
	check_escaped("\x9b" "c", "\\x9bc");
	check_escaped("\xc2\x9b", "\\xc2\\x9b");
	check_escaped("\xc0\xaf", "\\xc0\\xaf");
	check_escaped("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	check_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");
	check_escaped("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	/* right to left, a line separator, nothing at all, no character */
	check_escaped("a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb");
	check_escaped("\xe2\x80\xa8\xe2\x80\x8b", "\\xe2\\x80\\xa8\\xe2\\x80\\x8b");
	check_escaped("\xef\xbb\xbf\xef\xbf\xbf", "\\xef\\xbb\\xbf\\xef\\xbf\\xbf");
	check_escaped("\xc2\xad\xd8\x9c", "\\xc2\\xad\\xd8\\x9c");
	check_escaped("\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81");
	/* their neighbours */
	check_escaped("\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf\xef\xbf\xbd",
		      "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf\xef\xbf\xbd");
	/* a character that the end of the text cuts */
	check_escaped("\xe2\x82", "\\xe2\\x82");
	check_escaped("\xf0\x9f\x90" "A", "\\xf0\\x9f\\x90A");
}

/* neither an escape nor a character is left in halves */
static void test_escaped_cut(void **state)
{
	char buf[8];
	struct ofl_text t = ofl_text_over(buf, sizeof(buf));

	(void)state;
	ofl_text_escaped(&t, "abc\xe2\x82\xac\xe2\x82\xac");
	assert_string_equal(buf, "abc...");
	t = ofl_text_over(buf, sizeof(buf));
	ofl_text_add(&t, "%s", "abcde\xe2\x82\xac");
	assert_string_equal(buf, "abcd...");
	t = ofl_text_over(buf, 4);
	ofl_text_escaped(&t, "\x1b");
	assert_string_equal(buf, "...");
}

/* a caller that knows more puts it in front, and the line keeps its bounds */
static void test_cause(void **state)
{
	struct ofl_err err;
	char name[300];

	(void)state;
	ofl_fail(&err, OFL_ERR_UNREADABLE, "cannot read %d bytes", 8);
	assert_int_equal(ofl_fail_in(&err, "device %d", 3), OFL_ERR_UNREADABLE);
	assert_int_equal(ofl_fail_in(&err, "virtio-mem\n"), OFL_ERR_UNREADABLE);
	assert_int_equal(err.status, OFL_ERR_UNREADABLE);
	assert_string_equal(err.text,
			    "virtio-mem\\x0a: device 3: cannot read 8 bytes");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ofl_fail_in(&err, "%s", name);
	ofl_fail_in(&err, "%s", name);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_non_null(strstr(err.text, "..."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_after_a_cut),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_escaped_cut),
		cmocka_unit_test(test_cause),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
