// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - text in a buffer: bounds, lists, escapes */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "target/count.h"
#include "target/text.h"

#define CUT_MARK "..."

struct ofl_text ofl_text_over(char *buf, size_t bytes)
{
	buf[0] = '\0';
	return (struct ofl_text){ .buf = buf, .bytes = bytes };
}

struct ofl_text ofl_text_after(char *buf, size_t bytes)
{
	return (struct ofl_text){ .buf = buf, .bytes = bytes,
				  .used = strnlen(buf, bytes - 1) };
}

/* the end of a full buffer says that there was more, at a whole character */
static void mark_cut(struct ofl_text *t)
{
	size_t mark = sizeof(CUT_MARK) - 1, len = strnlen(t->buf, t->bytes - 1);
	size_t at = t->bytes > mark ? t->bytes - 1 - mark : 0;

	t->cut = true;
	at = at < len ? at : len;
	while (at && (t->buf[at] & 0xc0) == 0x80)
		at--;
	t->used = t->bytes > mark ? at + mark : 0;
	memcpy(t->buf + at, CUT_MARK, t->used - at);
	t->buf[t->used] = '\0';
}

/* -> did all of it fit? the rest is in the buffer as far as there is room */
static bool format(struct ofl_text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static bool format(struct ofl_text *t, const char *fmt, va_list ap)
{
	size_t room = t->bytes - t->used;
	int n = vsnprintf(t->buf + t->used, room, fmt, ap);

	if (n < 0 || (size_t)n >= room)
		return false;
	t->used += (size_t)n;
	return true;
}

static void add(struct ofl_text *t, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void add(struct ofl_text *t, const char *fmt, va_list ap)
{
	/* nothing comes after a cut: a later, shorter piece would mislead */
	if (!t->cut && !format(t, fmt, ap))
		mark_cut(t);
}

void ofl_text_add(struct ofl_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(t, fmt, ap);
	va_end(ap);
}

void ofl_text_vput(char *buf, size_t bytes, const char *fmt, va_list ap)
{
	struct ofl_text t = ofl_text_over(buf, bytes);

	add(&t, fmt, ap);
}

void ofl_text_put(char *buf, size_t bytes, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ofl_text_vput(buf, bytes, fmt, ap);
	va_end(ap);
}

void ofl_text_item(struct ofl_text *t, const char *separator, const char *fmt,
		   ...)
{
	va_list ap;

	if (t->used)
		ofl_text_add(t, "%s", separator);
	va_start(ap, fmt);
	add(t, fmt, ap);
	va_end(ap);
}

bool ofl_text_whole(struct ofl_text *t, const char *fmt, ...)
{
	va_list ap;
	bool fits;

	va_start(ap, fmt);
	fits = !t->cut && format(t, fmt, ap);
	va_end(ap);
	t->buf[t->used] = '\0';
	if (!fits)
		t->cut = true;
	return fits;
}

/** struct form - the lead bytes of one length, RFC 3629 */
struct form {
	uint8_t first, last;	/* lead byte */
	uint8_t low, high;	/* bounds of the byte after it */
	uint8_t bytes;
};

/* neither overlong forms, nor surrogates, nor C1 controls (c2 80 to c2 9f) */
static const struct form forms[] = {
	{ 0x20, 0x7e, 0x00, 0xff, 1 },
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 },
	{ 0xc3, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static bool continues(const unsigned char *s, const struct form *f)
{
	size_t i;

	if (f->bytes > 1 && (s[1] < f->low || s[1] > f->high))
		return false;
	for (i = 2; i < f->bytes; i++)
		if ((s[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/*
 * Characters that show nothing, turn what is around them, or begin a line; and
 * what is no character, which XML does not allow.
 */
static const struct { uint32_t first, last; } unseen[] = {
	{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb },
	{ 0xfffe, 0xffff }, { 0xe0000, 0xe0fff },
};

/* @s: in  a whole character of @bytes */
static bool is_unseen(const unsigned char *s, size_t bytes)
{
	uint32_t code = bytes == 1 ? s[0] : s[0] & (0x7fu >> bytes);
	size_t i;

	for (i = 1; i < bytes; i++)
		code = code << 6 | (s[i] & 0x3f);
	for (i = 0; i < OFL_COUNT(unseen); i++)
		if (code >= unseen[i].first && code <= unseen[i].last)
			return true;
	return false;
}

/* -> bytes of the character that can be shown at @s, 0: none can */
static size_t printable(const unsigned char *s)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(forms); i++)
		if (s[0] >= forms[i].first && s[0] <= forms[i].last)
			return continues(s, &forms[i]) &&
			       !is_unseen(s, forms[i].bytes) ?
			       forms[i].bytes : 0;
	return 0;
}

void ofl_text_escaped(struct ofl_text *t, const char *from)
{
	const unsigned char *s = (const unsigned char *)from;
	bool fits = !t->cut;
	size_t n;

	for (; *s && fits; s += n ? n : 1) {
		n = printable(s);
		fits = n ? ofl_text_whole(t, "%.*s", (int)n, (const char *)s) :
			   ofl_text_whole(t, "\\x%02x", *s);
		if (!fits)
			mark_cut(t);
	}
}

/*
 * At most four figures and a unit: 20K, 1700M, 195.6M, 2G. What does not come
 * out even is cut, not rounded: no more is shown than there is.
 */
void ofl_size_text(uint64_t bytes, char *buf, size_t len)
{
	static const char unit[] = "BKMGTPE";
	uint64_t whole = bytes, part = 0;
	size_t u = 0;

	while (whole >= 1024) {
		part = whole & 1023;
		whole >>= 10;
		u++;
	}
	if (!bytes)
		snprintf(buf, len, "0");
	else if (part && whole * 1024 + part <= 9999)	/* more figures */
		snprintf(buf, len, "%" PRIu64 "%c", whole * 1024 + part,
			 unit[u - 1]);
	else if (whole >= 1000 || whole << (10 * u) == bytes)
		snprintf(buf, len, "%" PRIu64 "%c", whole, unit[u]);
	else
		snprintf(buf, len, "%" PRIu64 ".%" PRIu64 "%c", whole,
			 part * 10 >> 10, unit[u]);
}
