/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - build one line in a buffer of the caller
 *
 * Depends on the C library only. No call writes past the buffer; the text is
 * NUL-terminated after every call. What does not fit is cut, the text ends in
 * "..." then, and the struct remembers it.
 */
#ifndef OFL_TEXT_H
#define OFL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct ofl_text - a text that grows in a buffer */
struct ofl_text {
	char *buf;
	size_t bytes;		/* size of @buf, at least 1 */
	size_t used;		/* strlen(@buf) */
	bool cut;		/* something did not fit */
};

/** ofl_text_over() - an empty text over @buf, whatever @buf held */
struct ofl_text ofl_text_over(char *buf, size_t bytes);

/** ofl_text_after() - a text that goes on behind what @buf holds */
struct ofl_text ofl_text_after(char *buf, size_t bytes);

/** ofl_text_add() - append; what does not fit is cut */
void ofl_text_add(struct ofl_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** ofl_text_put() - all of a buffer of the caller; what does not fit is cut */
void ofl_text_put(char *buf, size_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void ofl_text_vput(char *buf, size_t bytes, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/** ofl_text_item() - append, after @separator unless the text is empty */
void ofl_text_item(struct ofl_text *t, const char *separator, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));

/**
 * ofl_text_whole() - append all of it or nothing
 *
 * Errors: false if it does not fit; @t->cut is set, the text is as before.
 */
bool ofl_text_whole(struct ofl_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * ofl_text_escaped() - append text of a dump so that any terminal can show it
 * @from:  in  may hold any bytes but NUL
 *
 * Shape:  printable ASCII and valid UTF-8 pass. Control characters (C0, DEL,
 *         C1) and bytes that are not UTF-8 become \xNN, one for each byte.
 */
void ofl_text_escaped(struct ofl_text *t, const char *from);

/** ofl_size_text() - bytes as tables show them: 4K, 195.6M */
void ofl_size_text(uint64_t bytes, char *buf, size_t len);

#endif
