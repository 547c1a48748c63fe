// SPDX-License-Identifier: GPL-2.0-or-later
/* terminal.c - what a terminal shows, and how wide it is */
#include <defs.h>
#include <sys/ioctl.h>

#include "crash/terminal.h"

#define PATIENCE_S	2.0

static time_t started;
static int shown_percent = -1;	/* -1: no line is on the terminal */

/* a dumb terminal shows what is meant to clear its line */
static bool clears_lines(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && term[0] && strcmp(term, "dumb");
}

/* seconds without a line; a test that has no walk of that length says fewer */
static double patience(void)
{
	const char *given = getenv("OFL_PROGRESS_AFTER");

	return given ? strtod(given, NULL) : PATIENCE_S;
}

/* a line on the terminal for walks that take longer than that */
void ofl_crash_progress(void *ctx, uint64_t done, uint64_t total)
{
	double passed = difftime(time(NULL), started);
	int percent = (int)(done * 100 / (total ? total : 1));

	(void)ctx;
	if (passed < patience() || !clears_lines() || (pc->flags & SILENT) ||
	    percent == shown_percent)
		return;
	shown_percent = percent;
	fprintf(stderr, "\r%3d%%, %lu of %lu sections, %.0f s left \033[K",
		percent, (ulong)done, (ulong)total,
		passed * (double)(total - done) / (double)done);
	fflush(stderr);
}

/* a pager is a terminal, too: crash sends it what fits the terminal */
unsigned int ofl_crash_columns(void *ctx)
{
	struct winsize size;

	(void)ctx;
	if ((pc->redirect & (REDIRECT_TO_FILE | REDIRECT_TO_PIPE)) ||
	    !isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 80)
		return 80;
	return size.ws_col;
}

void ofl_crash_progress_begin(void)
{
	started = time(NULL);
}

void ofl_crash_progress_end(void)
{
	if (shown_percent >= 0)
		fputs("\r\033[K", stderr);
	shown_percent = -1;
}
