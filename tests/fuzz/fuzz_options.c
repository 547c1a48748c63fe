// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_options.c - command lines, as somebody may type them */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/run.h"
#include "texttarget.h"

#define MAX_WORDS 24

static struct texttarget tt;
static struct ofl_session session;

static void load(void)
{
	struct ofl_err err;

	if (texttarget_load(&tt, "tests/golden/6.12-numa.fixture", &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	ofl_session_init(&session, &tt.target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct ofl_err err = { .status = OFL_OK };
	char *argv[MAX_WORDS + 1], *text = NULL, *line, *word, *save = NULL;
	size_t len, i, nr = 0;
	int argc = 1;
	FILE *out;

	if (!tt.target.memory)
		load();
	if (!bytes)
		return 0;
	while (ofl_commands[nr].name)
		nr++;
	argv[0] = (char *)ofl_commands[data[0] % nr].name;
	line = calloc(1, bytes);
	out = open_memstream(&text, &len);
	if (!line || !out)
		abort();
	memcpy(line, data + 1, bytes - 1);
	for (i = 0; i + 1 < bytes; i++)
		if (!line[i])
			line[i] = ' ';
	for (word = strtok_r(line, " ", &save); word && argc < MAX_WORDS;
	     word = strtok_r(NULL, " ", &save))
		/* -R writes files: not here */
		if (word[0] != '-' || !strchr(word, 'R'))
			argv[argc++] = word;
	argv[argc] = NULL;
	if (ofl_command_run(&session, argc, argv, out, &err) && !err.text[0])
		abort();
	if (strchr(err.text, '\n'))
		abort();	/* an error is one line */
	fclose(out);
	free(text);
	free(line);
	return 0;
}
