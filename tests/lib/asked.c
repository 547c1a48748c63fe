// SPDX-License-Identifier: GPL-2.0-or-later
/* asked.c - run commands as a user does, by lines */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"

#define MAX_WORDS	16

enum ofl_status asked_to(struct ofl_session *s, const char *line, FILE *out,
			 struct ofl_err *err)
{
	char copy[512], *argv[MAX_WORDS + 1], *save = NULL, *word;
	int argc = 0;

	err->status = OFL_OK;
	err->text[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok_r(copy, " ", &save); word && argc < MAX_WORDS;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return ofl_command_run(s, argc, argv, out, err);
}

enum ofl_status asked(struct ofl_session *s, const char *line, char **text,
		      struct ofl_err *err)
{
	enum ofl_status st;
	size_t len;
	FILE *f;

	free(*text);
	*text = NULL;
	f = open_memstream(text, &len);
	st = asked_to(s, line, f, err);
	fclose(f);
	unit_document(*text);
	return st;
}

void asked_drop(struct ofl_session *s, struct texttarget *tt, char **text)
{
	ofl_session_drop(s);
	texttarget_free(tt);
	free(*text);
	*text = NULL;
}
