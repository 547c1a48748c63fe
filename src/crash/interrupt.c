// SPDX-License-Identifier: GPL-2.0-or-later
/* interrupt.c - ^C sets a flag while a command runs */
#include <defs.h>

#include "crash/interrupt.h"

static volatile sig_atomic_t interrupted;
static struct sigaction crash_sigint;
static bool catching;

static void note_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static bool take_sigint(struct sigaction *before)
{
	struct sigaction ours = { .sa_handler = note_interrupt };

	sigemptyset(&ours.sa_mask);
	/* crash and libraries below us do not all retry after EINTR */
	ours.sa_flags = SA_RESTART;
	return !sigaction(SIGINT, &ours, before);
}

void ofl_interrupts_catch(void)
{
	interrupted = 0;
	if (!catching)
		catching = take_sigint(&crash_sigint);
}

void ofl_interrupts_retake(void)
{
	if (catching)
		take_sigint(NULL);
}

void ofl_interrupts_release(void)
{
	if (catching)
		sigaction(SIGINT, &crash_sigint, NULL);
	catching = false;
}

bool ofl_interrupts_seen(void)
{
	return interrupted;
}
