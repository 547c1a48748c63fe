// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_hostile.c - no byte of a dump reaches the terminal as it is
 *
 * Every text that a fixture has is put through the commands with control
 * bytes, with bytes that are not UTF-8, and as long as a buffer takes.
 */
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/run.h"
#include "texttarget.h"

#define LONG_BYTES	65536

static const char *const fixtures[] = {
	"tests/golden/6.12-both-whole.fixture",
	"tests/golden/6.1-vmware-2m-whole.fixture",
	"tests/golden/4.18-balloon.fixture",
	"tests/golden/6.1-unplug.fixture",
};

static const char *const lines[] = {
	"offline -v", "offline -j", "offrange -a", "offrange -j",
	"offcheck -a", "offcheck -j", "offowner -v", "offowner -j",
	"offblock", "offblock -j", "offblock -v memory32", "offmap -j",
	"offmap -w -j", "offmap -r", "offblock -d -B memory48",
	"offblock -d -j -B memory48", "offblock -w -B memory48",
	"offblock -w -j -B memory48", "offblock -w -B memory1",
	"offblock -d -B memory1", "offblock -w memory48",
	"offblock -z \033]0;z\007", "offrange -O \x9b" "2J\xc2\x9b",
	"offline -o \xff\xfe", "offblock \033[2J", "offrange -j -z \x80\033",
};

/* a title, a clear screen, C1 in one byte and in two, no UTF-8, overlong */
static const char *const hostile[] = {
	"\033]0;title\007", "\033[2J\n\r\t\b", "\x9b" "2J", "\xc2\x9b" "2J",
	"\xff\xfe\x80", "\xc0\xaf", "\xed\xa0\x80", "\x7f\x01",
	"<b a='\"'>&", "]]>", "\xef\xbf\xbf", "\xe2\x80\xae",
};

static struct texttarget tt;
static struct ofl_target plain, target;
static struct ofl_memory_ops memory_ops;
static size_t turn;		/* which of them comes next */

/* as much as @buf takes */
static void spoil(char *buf, size_t bytes)
{
	static char all[LONG_BYTES];
	size_t used = 0, len;

	while (used + 16 < sizeof(all)) {
		const char *text = hostile[turn++ % ARRAY_LEN(hostile)];

		len = strlen(text);
		memcpy(all + used, text, len);
		used += len;
	}
	all[used] = '\0';
	snprintf(buf, bytes, "%s", all);
	turn++;
}

static bool spoil_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	if (!plain.memory->symbol_at(ctx, kva, buf, bytes))
		return false;
	spoil(buf, bytes);
	return true;
}

static bool spoil_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	if (!plain.memory->symbol_in(ctx, kva, buf, bytes))
		return false;
	spoil(buf, bytes);
	return true;
}

static bool spoil_vmcoreinfo(void *ctx, const char *key, char *buf,
			     size_t bytes)
{
	if (!plain.memory->vmcoreinfo(ctx, key, buf, bytes))
		return false;
	if (!strcmp(key, "OSRELEASE"))
		spoil(buf, bytes);
	return true;
}

/* a name, a path, a command: something to read, and no number or pointer */
static bool is_text(const char *buf, size_t bytes)
{
	size_t i, len = strnlen(buf, bytes);

	for (i = 0; i < len; i++)
		if (!isprint((unsigned char)buf[i]))
			return false;
	return len > 1;
}

/*
 * Strings are read byte by byte: one byte of each is another now; or in pieces:
 * each piece is hostile as a whole, and every second text goes on for 64 KiB.
 */
static enum ofl_read spoil_read(void *ctx, uint64_t kva, void *buf,
				size_t bytes)
{
	static uint64_t end_kva, left;
	static unsigned int reads, texts;
	enum ofl_read got = plain.memory->read(ctx, kva, buf, bytes);
	const char *from = hostile[turn % ARRAY_LEN(hostile)];
	char *to = buf;
	size_t i, len;

	if (bytes == 1 && got == OFL_READ_OK && *to && reads++ % 5 == 0)
		*to = *hostile[turn++ % ARRAY_LEN(hostile)];
	if (bytes < 2 || bytes > 64)
		return got;
	if (left && kva == end_kva)
		got = OFL_READ_OK;
	else if (got == OFL_READ_OK && is_text(to, bytes))
		left = ++texts % 2 ? LONG_BYTES : 0;
	else
		return got;
	len = left ? bytes : strnlen(to, bytes);
	for (i = 0; i < len; i++)
		to[i] = from[i % strlen(from)];
	left -= left < bytes ? left : bytes;
	end_kva = kva + bytes;
	turn++;
	return got;
}

static void check_bytes(const char *line, const char *text, size_t bytes)
{
	static char show[8 * LONG_BYTES];
	struct ofl_text t = ofl_text_over(show, sizeof(show));
	const char *end, *at = text;

	if (strlen(text) != bytes)
		fail_msg("%s: a NUL in what is printed", line);
	for (; *at; at = *end ? end + 1 : end) {
		char *copy;

		end = strchrnul(at, '\n');
		copy = strndup(at, (size_t)(end - at));
		assert_non_null(copy);
		t = ofl_text_over(show, sizeof(show));
		ofl_text_escaped(&t, copy);
		if (strcmp(show, copy))
			fail_msg("%s: %.300s", line, show);
		free(copy);
	}
}

static void run(struct ofl_session *s, const char *line)
{
	char *argv[16], *save = NULL, *word, *text = NULL, *copy = strdup(line);
	struct ofl_err err = { .status = OFL_OK };
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int argc = 0;

	assert_non_null(out);
	assert_non_null(copy);
	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	ofl_command_run(s, argc, argv, out, &err);
	fclose(out);
	unit_document(text);
	check_bytes(line, text, bytes);
	check_bytes(line, err.text, strlen(err.text));
	free(text);
	free(copy);
}

/* offmap -g: what is in the picture */
static void run_picture(struct ofl_session *s, const char *options)
{
	char path[] = "/tmp/ofl-hostile.svg.XXXXXX", line[80], *svg, *at;
	size_t bytes;

	close(mkstemp(path));
	unlink(path);
	snprintf(line, sizeof(line), "offmap %s -g %s", options, path);
	run(s, line);
	svg = unit_slurp(path);
	unlink(path);
	if (!svg)
		return;
	bytes = strlen(svg);
	check_bytes(line, svg, bytes);
	for (at = svg; (at = strchr(at, '<')); at++)
		if (at[1] == 'b' || !strncmp(at, "<script", 7))
			fail_msg("%s: %.80s", line, at);
	assert_null(strstr(svg, "\xef\xbf\xbf"));
	assert_null(strstr(svg, "]]>"));
	free(svg);
}

static void open_fixture(const char *path, bool strings)
{
	struct ofl_err err;

	if (texttarget_load(&tt, path, &err))
		fail_msg("%s", err.text);
	plain = target = tt.target;
	memory_ops = *plain.memory;
	memory_ops.symbol_at = spoil_symbol_at;
	memory_ops.symbol_in = spoil_symbol_in;
	memory_ops.vmcoreinfo = spoil_vmcoreinfo;
	if (strings)
		memory_ops.read = spoil_read;
	target.memory = &memory_ops;
	spoil(target.release, sizeof(target.release));
	spoil(target.machine, sizeof(target.machine));
}

static void test_commands(void **state)
{
	struct ofl_session s;
	size_t i, j;
	int strings;

	(void)state;
	for (i = 0; i < ARRAY_LEN(fixtures); i++)
		for (strings = 0; strings < 2; strings++) {
			open_fixture(fixtures[i], strings);
			ofl_session_init(&s, &target);
			for (j = 0; j < ARRAY_LEN(lines); j++)
				run(&s, lines[j]);
			run_picture(&s, "");
			run_picture(&s, "-w");
			ofl_session_drop(&s);
			texttarget_free(&tt);
		}
}

/* a recording is a text too, and a release must not add lines to it */
static void test_recording(void **state)
{
	char path[] = "/tmp/ofl-hostile-XXXXXX", line[80], *text;
	struct ofl_session s;

	(void)state;
	close(mkstemp(path));
	unlink(path);
	open_fixture(fixtures[0], true);
	ofl_session_init(&s, &target);
	snprintf(line, sizeof(line), "offowner -R %s", path);
	run(&s, line);
	ofl_session_drop(&s);
	texttarget_free(&tt);
	text = unit_slurp(path);
	assert_non_null(text);
	check_bytes("the recording", text, strlen(text));
	free(text);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_recording),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
