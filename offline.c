// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offline.c - what crash sees of offline.so: constructor, commands, help
 *
 * Thin on purpose: everything that can be tested without crash lives in src/.
 */
#include <defs.h>

#include "commands/manual.h"
#include "commands/options.h"
#include "commands/run.h"
#include "crash/neighbours.h"
#include "crash/process.h"
#include "crash/reader.h"
#include "crash/target.h"
#include "crash/types.h"

static struct ofl_session session;
static struct command_table_entry table[OFL_NR_COMMANDS + 1];

/*
 * Also runs when crash leaves our command by longjmp, whatever the reason;
 * maybe out of malloc(), so what is to be freed waits for the next command.
 */
static void clean_up(void *arg)
{
	(void)arg;
	ofl_crash_stop_workers();
	ofl_crash_release_interrupts();
}

/* what a command leaves; one that was left by a jump leaves it to the next */
static void free_all(void)
{
	ofl_crash_close_reader();
	ofl_crash_forget_enums();
}

static const char *cannot_serve(void)
{
	if (pc->flags & MINIMAL_MODE)
		return "a --minimal session knows no memory layout: start crash without --minimal";
	if (!IS_SPARSEMEM())
		return "this kernel has no SPARSEMEM memory sections: nothing to look at";
	return NULL;
}

/* every command: crash leaves its words in args[], its output in fp */
static void cmd_dispatch(void)
{
	struct ofl_err err = { .status = OFL_OK };
	const char *cannot = cannot_serve();
	enum ofl_status st;

	clearerr(fp);
	ofl_session_target(&session, ofl_crash_target());
	if (cannot) {
		st = ofl_command_refuse(&session, cannot, argcnt, args, fp,
					&err);
		if (st && err.text[0])
			error(INFO, "%s\n", err.text);
		return;
	}
	pc->cmd_cleanup = clean_up;
	pc->cmd_cleanup_arg = NULL;
	ofl_crash_catch_interrupts();
	st = ofl_command_run(&session, argcnt, args, fp, &err);
	ofl_crash_release_interrupts();
	pc->cmd_cleanup = NULL;
	free_all();
	if (st && err.text[0])
		error(INFO, "%s\n", err.text);
}

/*
 * crash checks nothing when it loads an extension, and struct layouts in
 * defs.h move between major versions: an extension built for another one
 * reads the wrong members in silence.
 */
static bool same_major(const char *built_for, const char *running)
{
	return strtol(built_for, NULL, 10) == strtol(running, NULL, 10);
}

static void __attribute__((constructor)) offline_init(void)
{
	const struct ofl_command *c;
	char why[400];
	size_t i = 0;

	if (!same_major(OFL_CRASH_VERSION, build_version)) {
		error(INFO, "offline.so was built for crash %s and this is crash %s: rebuild it with this crash's defs.h (make CRASH_INCLUDE=...)\n",
		      OFL_CRASH_VERSION, build_version);
		return;
	}
	if (!ofl_crash_libraries_are_ours(why, sizeof(why))) {
		error(INFO, "%s\n", why);
		return;
	}
	for (c = ofl_commands; c->name && i < OFL_NR_COMMANDS; c++, i++) {
		table[i].name = (char *)c->name;
		table[i].func = cmd_dispatch;
		table[i].help_data = (char **)ofl_help(c);
		table[i].flags = MINIMAL;
	}
	ofl_session_init(&session, NULL);
	register_extension(table);
}

static void __attribute__((destructor)) offline_fini(void)
{
	ofl_session_drop(&session);
	free_all();
	ofl_crash_forget_reader();
	ofl_help_free();
}
