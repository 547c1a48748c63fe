/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * codec.h - how pages of a kdump-compressed file are compressed
 *
 * Depends on nothing but C. A row a format; a format whose library was not there at
 * build time has no row, and its pages are left to the host.
 */
#ifndef OFL_CODEC_H
#define OFL_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct ofl_codec - a format, as page_desc.flags names it */
struct ofl_codec {
	const char *name;
	uint32_t flag;		/* DUMP_DH_COMPRESSED_* of makedumpfile */
	/** new - what one reader decompresses with; NULL: nothing is needed */
	void *(*new)(void);
	void (*free)(void *state);
	/**
	 * expand - [from, from + bytes) is all of a page
	 * @page_bytes: in  how large it was
	 *
	 * Errors: false unless exactly @page_bytes came out; @to is undefined.
	 */
	bool (*expand)(void *state, const void *from, size_t bytes, void *to,
		       size_t page_bytes);
};

extern const struct ofl_codec ofl_codecs[];	/* ends with a NULL name */

#define OFL_MAX_CODECS	4

/*
 * DUMP_DH_COMPRESSED_* that have existed, with or without a row: in
 * disk_dump_header.status, and in page_desc.flags of what is compressed
 */
#define OFL_CODEC_FLAGS	0x27u	/* zlib, lzo, snappy, zstd */

#endif
