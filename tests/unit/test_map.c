// SPDX-License-Identifier: GPL-2.0-or-later
/* test_map.c - offmap: rows, legend, picture */
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc.h"
#include "asked.h"
#include "commands/map_rows.h"

static struct texttarget tt;
static struct ofl_session session;
static struct ofl_err err;
static char *text;
static char path[] = "/tmp/ofl-map.svg.XXXXXX";

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(texttarget_load(&tt,
			 "tests/golden/6.12-orphaned-whole.fixture", &err), OFL_OK);
	ofl_session_init(&session, &tt.target);
	strcpy(path, "/tmp/ofl-map.svg.XXXXXX");
	close(mkstemp(path));
	unlink(path);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	unlink(path);
	asked_drop(&session, &tt, &text);
	return 0;
}

static enum ofl_status run(const char *line)
{
	return asked(&session, line, &text, &err);
}

/* ---- what characters stand for ---- */

static void check_kinds(bool by_owner)
{
	struct ofl_options o = { .picture = NULL };
	struct ofl_run_ctx ctx = { .s = &session, .o = &o };
	struct ofl_map map = { .by_owner = by_owner };
	bool used[128] = { false };
	size_t i, words = 0;

	assert_int_equal(ofl_map_open(&map, &ctx, 1, &err), OFL_OK);
	for (i = 0; i < OFL_MAP_KINDS; i++) {
		const struct ofl_map_kind *k = &map.kind[i];
		unsigned char mark = (unsigned char)k->look.mark;

		if (!k->word || (!by_owner && i == OFL_OUT_SKIPPED))
			continue;
		words++;
		assert_true(isgraph(mark) && mark < 127 && mark != '_');
		assert_int_equal(k->look.fill[0], '#');
		assert_int_equal(k->look.ink[0], '#');
		assert_string_not_equal(k->look.fill, k->look.ink);
		if (k->capital)
			assert_true(islower(mark));
		if (used[mark] || used[toupper(mark)])
			fail_msg("%s has a mark of another: %c", k->word, mark);
		used[mark] = used[toupper(mark)] = true;
	}
	assert_true(words >= (by_owner ? 14 : 8));
}

static void test_every_kind_has_a_mark(void **state)
{
	(void)state;
	check_kinds(false);
	check_kinds(true);
}

/* ---- rows ---- */

/* units of which some are there, on a terminal that wide */
static void draw(unsigned int columns, const uint64_t *nr, size_t nrs)
{
	struct ofl_options o = { .picture = NULL };
	struct ofl_run_ctx ctx = { .s = &session, .o = &o };
	struct ofl_map map = { .by_owner = false };
	struct ofl_view v;
	size_t i, len;
	FILE *f;

	session.layout.section_pages = 32768;
	session.layout.page_bytes = 4096;

	free(text);
	f = open_memstream(&text, &len);
	ofl_view_open(&v, f, false, true, "offmap");
	v.width = columns;
	assert_int_equal(ofl_map_open(&map, &ctx, 1, &err), OFL_OK);
	ofl_map_begin(&map, &v);
	for (i = 0; i < nrs; i++) {
		struct ofl_map_cell cell = {
			.nr = nr[i], .kind = OFL_OUT_BLOCKED, .owners = "",
		};

		assert_int_equal(ofl_map_put(&map, &v, &cell, ""), OFL_OK);
	}
	assert_int_equal(ofl_map_close(&map, &v, OFL_OK, false, &err), OFL_OK);
	ofl_view_close(&v, OFL_RESULT_OK, "");
	fclose(f);
}

static void test_rows(void **state)
{
	static const uint64_t nr[] = { 0, 17, 63, 64, 4096 };
	static const uint64_t late[] = { 70, 71 };

	(void)state;
	draw(80, nr, ARRAY_LEN(nr));
	assert_string_equal(text,
		"FROM        MAP\n"
		"memory0     #_______________ _#______________ ________________ _______________#\n"
		"memory64    #\n"
		"memory4096  #\n"
		"MARK MEANS          COUNT   SIZE OFFPAGES\n"
		"#    BLOCKED            5   640M        0\n"
		"_    no block           -      -        -\n"
		"status: ok: \n");
	draw(40, nr, 3);
	assert_non_null(strstr(text, "\nmemory0     #\n"
				     "memory16    _#\n"
				     "memory48    _______________#\n"));
	draw(120, nr, 4);
	assert_non_null(strstr(text, "\nmemory0     #_______________ _#______________ ________________ _______________# #\n"));
	/* a row begins where all rows begin, not at its first unit */
	draw(80, late, ARRAY_LEN(late));
	assert_non_null(strstr(text, "\nmemory64    ______##\n"));
	draw(80, NULL, 0);
	assert_string_equal(text, "status: ok: \n");
}

/* whatever the terminal: no line is wider, and no unit is lost */
static void test_widths(void **state)
{
	uint64_t nr[1000];
	unsigned int columns, i;
	const char *line, *at;
	size_t seen;

	(void)state;
	for (i = 0; i < ARRAY_LEN(nr); i++)
		nr[i] = 1000 + i;
	for (columns = 0; columns <= 1000; columns += columns < 100 ? 7 : 150) {
		draw(columns, nr, ARRAY_LEN(nr));
		seen = 0;
		for (line = text; strncmp(line, "MARK", 4);
		     line += strcspn(line, "\n") + 1) {
			if (columns > 18)
				assert_true(strcspn(line, "\n") <= columns);
			for (at = line; *at != '\n'; at++)
				seen += *at == '#';
		}
		assert_int_equal(seen, ARRAY_LEN(nr));
	}
}

/* ---- pictures ---- */

static char *picture(void)
{
	static char buf[65536];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = '\0';
	fclose(f);
	return buf;
}

static void test_picture(void **state)
{
	char line[128], *svg;

	(void)state;
	snprintf(tt.target.nodename, sizeof(tt.target.nodename),
		 "<b>&\x1b[2J\"");
	snprintf(line, sizeof(line), "offmap -g %s", path);
	assert_int_equal(run(line), OFL_OK);
	assert_non_null(strstr(text, "; picture in /tmp/ofl-map.svg."));
	svg = picture();
	assert_memory_equal(svg, "<svg xmlns=", 11);
	assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
	assert_non_null(strstr(svg, "<title>memory39 0x138000-0x13ffff: BLOCKED: unmovable page"));
	assert_non_null(strstr(svg, "&lt;b&gt;&amp;\\x1b[2J\""));
	assert_non_null(strstr(svg, ">OFFLINABLE: 10 blocks, 1280M<"));
	/* the height was filled in, twice */
	assert_non_null(strstr(svg, "height=\"000000140\" viewBox=\"0 0 1034 000000140\""));
	/* never over a file that is there, and the session goes on */
	assert_int_equal(run(line), OFL_ERR_ARG);
	assert_non_null(strstr(err.text, "File exists"));
	assert_string_equal(text, "");
	assert_int_equal(run("offmap -w -g /nowhere/x"), OFL_ERR_ARG);
	assert_non_null(strstr(err.text, "-g /nowhere/x: No such file"));
}

/* half a picture is none */
static void test_picture_without_room(void **state)
{
	struct rlimit before, little;
	char line[128];
	rlim_t bytes;

	(void)state;
	snprintf(line, sizeof(line), "offmap -w -g %s", path);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	for (bytes = 0; bytes < 4800; bytes += 400) {
		little = (struct rlimit){ bytes, before.rlim_max };
		setrlimit(RLIMIT_FSIZE, &little);
		assert_int_equal(run(line), OFL_OK);
		setrlimit(RLIMIT_FSIZE, &before);
		if (!strstr(text, "status: failed: -g /tmp/ofl-map.svg.") ||
		    !strstr(text, "was not written whole: File too large\n"))
			fail_msg("%llu: %s", (unsigned long long)bytes, text);
		assert_int_equal(access(path, F_OK), -1);
	}
	signal(SIGXFSZ, SIG_DFL);
}

/* ^C: what there is is shown, and the picture says that it is not all */
static void test_interrupted(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "offmap -w -g %s", path);
	tt.interrupt_after = 3;
	assert_int_equal(run(line), OFL_OK);
	assert_non_null(strstr(text, "status: incomplete: "));
	assert_non_null(strstr(picture(), "interrupted: "));
	tt.interrupt_after = 0;
	unlink(path);
	assert_int_equal(run(line), OFL_OK);
	assert_null(strstr(picture(), "interrupted"));
}

/* nothing is left behind where the output is gone */
static void test_full_device(void **state)
{
	char line[128];
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	snprintf(line, sizeof(line), "offmap -j -g %s", path);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(asked_to(&session, line, full, &err),
			 OFL_ERR_OUTPUT);
	fclose(full);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_every_allocation_fails(void **state)
{
	static const char *const lines[] = { "-w", "-j" };
	unsigned long n, made = 0;
	char line[128], *sound;
	enum ofl_status st;
	size_t c, len;
	FILE *f;

	(void)state;
	for (c = 0; c < ARRAY_LEN(lines); c++) {
		snprintf(line, sizeof(line), "offmap %s -B memory39 -g %s",
			 lines[c], path);
		unlink(path);
		assert_int_equal(run(line), OFL_OK);
		sound = text;
		text = NULL;
		for (n = 1; !made || made >= n; n += 1 + n / 8) {
			unlink(path);
			free(text);
			f = open_memstream(&text, &len);
			alloc_fail_from_now(n);
			st = asked_to(&session, line, f, &err);
			made = alloc_stop();
			fclose(f);
			if (made >= n && !st && strcmp(text, sound) &&
			    !strstr(text, "incomplete") && !strstr(text, "failed"))
				fail_msg("allocation %lu of %s: %s", n, line,
					 text);
		}
		free(sound);
		unlink(path);
		made = 0;
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_kind_has_a_mark), CASE(test_rows),
		CASE(test_widths), CASE(test_picture),
		CASE(test_picture_without_room), CASE(test_interrupted),
		CASE(test_full_device), CASE(test_every_allocation_fails),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
