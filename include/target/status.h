/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - how a function of the core says that it failed
 *
 * Depends on text.h in its code only. An error is a code and one line of text,
 * filled in where it happened and handed up. A caller that knows more of what
 * was being done puts that in front; only a view or offline.c prints.
 */
#ifndef OFL_STATUS_H
#define OFL_STATUS_H

/** enum ofl_status - what a call ended with; 0 is success */
enum ofl_status {
	OFL_OK = 0,
	OFL_ERR_ARG,		/* the user's argument; nothing was read */
	OFL_ERR_NOMEM,		/* an allocation failed */
	OFL_ERR_UNSUPPORTED,	/* a kernel or session we know we cannot serve */
	OFL_ERR_NODATA,		/* symbol, type or number not to be had here */
	OFL_ERR_UNREADABLE,	/* memory that the dump does not hold */
	OFL_ERR_CORRUPT,	/* memory that contradicts itself */
	OFL_ERR_CONFLICT,	/* two sources of one fact disagree */
	OFL_ERR_OUTPUT,		/* the output was closed or is full */
	OFL_ERR_INTERRUPTED,	/* the user pressed ^C */
};

/** struct ofl_err - where a failing call leaves its one line of text */
struct ofl_err {
	enum ofl_status status;
	char text[400];		/* no newline; empty while status is OFL_OK */
};

/**
 * ofl_fail() - record an error and return its code
 * @err:    out     overwritten
 * @status: in      anything but OFL_OK
 * @fmt:    in      one line naming what failed and what to do; no newline
 *
 * Shape:  meant for "return ofl_fail(err, OFL_ERR_ARG, ...)". The text is
 *         escaped here (see ofl_text_escaped()), and need not be where it is shown.
 * Errors: returns @status.
 */
enum ofl_status ofl_fail(struct ofl_err *err, enum ofl_status status,
			 const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * ofl_fail_in() - put in front of an error what was being done
 * @err: in/out  of the call that failed; "hv-balloon: no memory for ..."
 * @fmt: in      without the colon
 *
 * Shape:  the line stays within its bounds: the cause is cut, not this.
 * Errors: returns the status of @err.
 */
enum ofl_status ofl_fail_in(struct ofl_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
