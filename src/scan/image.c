// SPDX-License-Identifier: GPL-2.0-or-later
/* image.c - a window on the memmap, filled on demand */
#include <stdlib.h>
#include <string.h>

#include "scan/image.h"
#include "target/count.h"

#define NOT_READ	0xff
#define AHEAD_BYTES	(128u << 10)	/* so that it is in the cache when it is looked at */

const char *ofl_unknown_text(enum ofl_unknown why)
{
	static const char *const text[] = {
		[OFL_UNKNOWN_NOT] = "known",
		[OFL_UNKNOWN_EXCLUDED] = "excluded",
		[OFL_UNKNOWN_UNREADABLE] = "unreadable",
		[OFL_UNKNOWN_ZERO] = "zero-filled",
		[OFL_UNKNOWN_POISONED] = "poisoned",
		[OFL_UNKNOWN_BAD_ZONE] = "bad-zone",
		[OFL_UNKNOWN_BAD_SECTION] = "bad-section",
	};

	_Static_assert(OFL_COUNT(text) == OFL_NR_UNKNOWN,
		       "each reason has a text");
	return text[why];
}

enum ofl_status ofl_image_init(struct ofl_image *img,
			       const struct ofl_target *t,
			       const struct ofl_layout *l, bool whole,
			       struct ofl_err *err)
{
	memset(img, 0, sizeof(*img));
	img->t = t;
	img->l = l;
	img->whole = whole;
	/* pages are powers of two: no division for every struct page */
	img->page_shift = (unsigned int)__builtin_ctzll(l->page_bytes);
	img->buf = malloc(OFL_IMAGE_BYTES + 2 * l->page_bytes);
	if (!img->buf)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	return OFL_OK;
}

void ofl_image_free(struct ofl_image *img)
{
	free(img->buf);
	img->buf = NULL;
}

const unsigned char *ofl_image_move(struct ofl_image *img, uint64_t kva,
				    uint64_t bytes)
{
	uint64_t mask = img->l->page_bytes - 1;

	img->kva = kva & ~mask;
	img->end = img->buf + (((kva + bytes + mask) & ~mask) - img->kva);
	memset(img->state, NOT_READ, sizeof(img->state));
	return img->buf + (kva - img->kva);
}

/* of a page of the memmap that was read */
static enum ofl_unknown state_of(const struct ofl_image *img,
				 const unsigned char *p)
{
	return !p[0] && !memcmp(p, p + 1, img->l->page_bytes - 1) ?
	       OFL_UNKNOWN_ZERO : OFL_UNKNOWN_NOT;
}

static uint8_t read_page(struct ofl_image *img, size_t nr)
{
	uint64_t bytes = img->l->page_bytes;
	unsigned char *at = img->buf + nr * bytes;

	img->read_pages++;
	switch (ofl_read(img->t, img->kva + nr * bytes, at, bytes)) {
	case OFL_READ_OK:
		return state_of(img, at);
	case OFL_READ_EXCLUDED:
		memset(at, 0, bytes);	/* no bytes of an older window */
		return OFL_UNKNOWN_EXCLUDED;
	case OFL_READ_UNREADABLE:
		break;
	}
	memset(at, 0, bytes);
	return OFL_UNKNOWN_UNREADABLE;
}

/* from page @nr on: what the host reads at once, if it will all be looked at */
static void read_ahead(struct ofl_image *img, size_t nr)
{
	uint64_t bytes = img->l->page_bytes;
	unsigned char *at = img->buf + nr * bytes;
	size_t most = (size_t)(img->end - at) >> img->page_shift, n;

	if (most > AHEAD_BYTES >> img->page_shift)
		most = AHEAD_BYTES >> img->page_shift;
	for (n = 1; n < most && img->state[nr + n] == NOT_READ; n++)
		;
	if (n > 1)
		n = ofl_read_pages(img->t, img->kva + nr * bytes, at, n);
	else
		n = 0;
	img->read_pages += n;
	for (; n; n--, nr++, at += bytes)
		img->state[nr] = state_of(img, at);
}

enum ofl_unknown ofl_image_look(struct ofl_image *img, const unsigned char *raw,
				uint64_t bytes)
{
	size_t from = (size_t)(raw - img->buf) >> img->page_shift;
	size_t to = ((size_t)(raw - img->buf) + bytes - 1) >> img->page_shift;

	for (; from <= to; from++) {
		if (img->whole && img->state[from] == NOT_READ)
			read_ahead(img, from);
		if (img->state[from] == NOT_READ)
			img->state[from] = read_page(img, from);
		if (img->state[from] != OFL_UNKNOWN_NOT)
			return img->state[from];
	}
	return OFL_UNKNOWN_NOT;
}
