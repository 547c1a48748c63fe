// SPDX-License-Identifier: GPL-2.0-or-later
/* codec.c - a row for each library that decompresses pages */
#include "dump/codec.h"
#include "target/count.h"

/* as crash does, which reads the same pages: by the bits of page_desc.flags */
#define FLAG_ZLIB	0x01
#define FLAG_LZO	0x02
#define FLAG_SNAPPY	0x04
#define FLAG_ZSTD	0x20

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>

static void *new_zlib(void)
{
	return libdeflate_alloc_decompressor();
}

static void free_zlib(void *state)
{
	libdeflate_free_decompressor(state);
}

static bool expand_zlib(void *state, const void *from, size_t bytes, void *to,
			size_t page_bytes)
{
	/* without a place for how many came out it must be all of them */
	return libdeflate_zlib_decompress(state, from, bytes, to, page_bytes,
					  NULL) == LIBDEFLATE_SUCCESS;
}
#endif

#ifdef HAVE_LZO2
#include <lzo/lzo1x.h>

static bool expand_lzo(void *state, const void *from, size_t bytes, void *to,
		       size_t page_bytes)
{
	lzo_uint got = page_bytes;

	(void)state;
	return lzo1x_decompress_safe(from, bytes, to, &got, NULL) == LZO_E_OK &&
	       got == page_bytes;
}
#endif

#ifdef HAVE_SNAPPY
#include <snappy-c.h>

static bool expand_snappy(void *state, const void *from, size_t bytes, void *to,
			  size_t page_bytes)
{
	size_t got = 0;

	(void)state;
	/* asked first: the library writes as much as the data says it holds */
	return snappy_uncompressed_length(from, bytes, &got) == SNAPPY_OK &&
	       got == page_bytes &&
	       snappy_uncompress(from, bytes, to, &got) == SNAPPY_OK &&
	       got == page_bytes;
}
#endif

#ifdef HAVE_LIBZSTD
#include <zstd.h>

static void *new_zstd(void)
{
	return ZSTD_createDCtx();
}

static void free_zstd(void *state)
{
	ZSTD_freeDCtx(state);
}

static bool expand_zstd(void *state, const void *from, size_t bytes, void *to,
			size_t page_bytes)
{
	return ZSTD_decompressDCtx(state, to, page_bytes, from, bytes) ==
	       page_bytes;
}
#endif

const struct ofl_codec ofl_codecs[] = {
#ifdef HAVE_LIBDEFLATE
	{ "zlib", FLAG_ZLIB, new_zlib, free_zlib, expand_zlib },
#endif
#ifdef HAVE_LZO2
	{ "lzo", FLAG_LZO, NULL, NULL, expand_lzo },
#endif
#ifdef HAVE_SNAPPY
	{ "snappy", FLAG_SNAPPY, NULL, NULL, expand_snappy },
#endif
#ifdef HAVE_LIBZSTD
	{ "zstd", FLAG_ZSTD, new_zstd, free_zstd, expand_zstd },
#endif
	{ NULL, 0, NULL, NULL, NULL },
};

_Static_assert(OFL_COUNT(ofl_codecs) <= OFL_MAX_CODECS + 1,
	       "OFL_MAX_CODECS is too small");
