/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - what a command is, and what all commands print
 *
 * A command is: options, one scan with the sinks it needs, a view.
 */
#ifndef OFL_COMMAND_H
#define OFL_COMMAND_H

#include <stdio.h>

#include "scan/filter.h"
#include "scan/scan.h"
#include "session/session.h"
#include "target/text.h"
#include "view/view.h"

/** struct ofl_options - what the user typed */
struct ofl_options {
	struct ofl_filter_args filter;
	const char *columns;	/* -o */
	const char *record;	/* -R: file to record the session to */
	bool json;		/* -j */
	bool no_header;		/* -H */
	bool raw;		/* -r */
	bool all;		/* -a */
	bool verbose;		/* -v */
	bool who;		/* -w of offblock and offmap */
	bool by_section;	/* -s of offmap */
	const char *picture;	/* -g: file to draw the map into */
	bool devices;		/* -d of offblock */
	bool every_page;	/* -x */
	bool crash_reads;	/* -C */
	const char *limit;	/* -l */
	const char *owner;	/* -O */
	const char *verdict;	/* -V */
	bool sort;		/* -s of offblock */
	bool totals;		/* -s of offrange */
	unsigned int workers;	/* -w, --workers; 0: not given */
	bool version;		/* --version */
	char operand[128];	/* words after the options, joined by blanks */
};

/** struct ofl_run_ctx - what a command gets to work with */
struct ofl_run_ctx {
	const char *name;
	struct ofl_session *s;
	const struct ofl_options *o;
	struct ofl_filter filter;
	struct ofl_scan_request scan;	/* of that filter */
	FILE *out;
	bool opened;		/* a view is, and will be closed with a status */
	bool failed;		/* its status is a failure */
	/* sections whose unknown pages were listed, if ^C ended that; else 0 */
	uint64_t list_done, list_wanted;
};

struct ofl_manual;

/** struct ofl_command - one row a command */
struct ofl_command {
	const char *name;
	unsigned int on;	/* OFL_ON_*: which options it has */
	/**
	 * run - scan and print; must print nothing before its first possible
	 * failure is behind it
	 */
	enum ofl_status (*run)(struct ofl_run_ctx *ctx, struct ofl_err *err);
	const struct ofl_manual *manual;	/* what its help page says */
	bool judges;		/* needs the late facts */
	bool operand;		/* takes words after the options */
};

#define COMMAND(id, ID, judges, operand) \
	enum ofl_status ofl_cmd_##id(struct ofl_run_ctx *ctx, \
				     struct ofl_err *err);
#include "commands/commands.def"
#undef COMMAND

/* room for the status line: all that can fall short at once, at its longest */
#define OFL_STATUS_BYTES 2048

/**
 * ofl_scan_status() - the result and the status line of a scan
 * @extra: in  words to put after the page counts: "; 3 rows", or ""
 */
enum ofl_result ofl_scan_status(const struct ofl_scan_result *r,
				const char *extra, struct ofl_text *text);

/** ofl_show_undecided() - offline pages of which the dump tells too little */
void ofl_show_undecided(uint64_t pages, struct ofl_text *text);

/**
 * ofl_scan_shortfall() - the same, only what a scan could not look at
 * @text: inout  a line to go on with
 */
enum ofl_result ofl_scan_shortfall(const struct ofl_scan_result *r,
				   struct ofl_text *text);

/**
 * ofl_owners_status() - a result that pages of unknown owner make incomplete
 * @why: in  why the owner of some page is not known; NULL or "": all are
 */
enum ofl_result ofl_owners_status(enum ofl_result result, const char *why,
				  struct ofl_text *text);

/**
 * ofl_add_doubts() - what puts all that a command shows in doubt
 * @owners: in    NULL: the command asked for no owner
 * @result: in    so far
 * @text:   inout the status line, to go on with
 *
 * Shape:  marks of this kernel that are not known here, types of modules that
 *         would tell more of owners.
 */
enum ofl_result ofl_add_doubts(const struct ofl_run_ctx *ctx,
			       const struct ofl_owners *owners,
			       enum ofl_result result, struct ofl_text *text);

/** ofl_plural() - the letter that makes a noun many */
static inline const char *ofl_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/**
 * ofl_show_host() - JSON member host; nothing in a table
 * @t: in  NULL: nothing is known of the kernel
 */
void ofl_show_host(struct ofl_view *v, const struct ofl_target *t);

/** ofl_show_begin() - open the view, with JSON members host and page_size */
void ofl_show_begin(struct ofl_view *v, struct ofl_run_ctx *ctx);

/**
 * ofl_show_unknown() - JSON member unknown; nothing in a table
 * @seen: in  result of the command's own scan: without an unknown page in it
 *            nothing is read again
 *
 * Shape:  ^C in that second scan is said by ofl_show_status().
 * Errors: of ofl_scan(), or OFL_ERR_OUTPUT.
 */
enum ofl_status ofl_show_unknown(struct ofl_view *v, struct ofl_run_ctx *ctx,
				 const struct ofl_scan_result *seen,
				 struct ofl_err *err);

/** ofl_show_totals() - JSON member totals */
void ofl_show_totals(struct ofl_view *v, const struct ofl_scan_result *r);

/**
 * ofl_show_status() - how it all came out, and the end of the view
 * @st:  in  of what was done, with @err; a failure is the result then
 *
 * Shape:  asks the readers once more, since nothing is read after this.
 * Errors: of ofl_view_lost(); every other failure has been told by now.
 */
enum ofl_status ofl_show_status(struct ofl_view *v,
				struct ofl_run_ctx *ctx,
				enum ofl_status st, enum ofl_result result,
				const char *message, struct ofl_err *err);

#endif
