// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - run commands over a fixture, as a crash session would
 *
 *	replay FIXTURE COMMAND [ARGUMENT...]	one command
 *	replay FIXTURE				command lines from stdin
 *	replay -f FIXTURE			the same, each in a session of its own
 *
 * Command lines are echoed behind "$ ", so that what comes out is a transcript.
 * All of them run in one session, so that each may use what those before it
 * found; -f: none does. An error is one line, "COMMAND: text". The line
 * "columns N" is no command: from there on a terminal of N columns shows what is
 * printed (0, as at the start: none does). "interrupt N": ^C, once the next
 * command has asked N times whether there was one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/run.h"
#include "texttarget.h"

#define MAX_WORDS 32

static void run(struct ofl_session *s, int argc, char **argv)
{
	struct ofl_err err = { .status = OFL_OK };
	enum ofl_status st = ofl_command_run(s, argc, argv, stdout, &err);

	if (st && st != OFL_ERR_OUTPUT)
		printf("%s: %s\n", argv[0], err.text);
}

static void run_line(struct texttarget *tt, struct ofl_session *s, char *line)
{
	char *argv[MAX_WORDS + 1], *save = NULL, *word;
	int argc = 0;

	for (word = strtok_r(line, " \n", &save); word && argc < MAX_WORDS;
	     word = strtok_r(NULL, " \n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	if (argc == 2 && !strcmp(argv[0], "columns")) {
		tt->columns = (unsigned int)strtoul(argv[1], NULL, 10);
	} else if (argc == 2 && !strcmp(argv[0], "interrupt")) {
		tt->interrupt_after = strtoul(argv[1], NULL, 10);
	} else if (argc) {
		tt->polls = 0;
		run(s, argc, argv);
		tt->interrupt_after = 0;
	}
}

int main(int argc, char **argv)
{
	struct ofl_err err = { .status = OFL_OK };
	struct ofl_session s;
	struct texttarget tt;
	char line[1024];
	bool fresh = argc > 1 && !strcmp(argv[1], "-f");

	argc -= fresh;
	argv += fresh;
	if (argc < 2) {
		fputs("usage: replay [-f] FIXTURE [COMMAND [ARGUMENT...]]\n", stderr);
		return 2;
	}
	if (texttarget_load(&tt, argv[1], &err)) {
		fprintf(stderr, "replay: %s\n", err.text);
		return 2;
	}
	ofl_session_init(&s, &tt.target);
	if (argc > 2) {
		run(&s, argc - 2, argv + 2);
	} else {
		while (fgets(line, sizeof(line), stdin)) {
			printf("$ %s", line);
			run_line(&tt, &s, line);
			if (fresh)
				ofl_session_drop(&s);
		}
	}
	ofl_session_drop(&s);
	texttarget_free(&tt);
	return fflush(stdout) ? 1 : 0;
}
