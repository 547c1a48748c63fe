/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdumpfile.h - write kdump-compressed files, and damage them
 *
 * Depends on nothing. The layout is written as structures here and as offsets in
 * src/dump/kdump.c, so that neither repeats a mistake of the other.
 *
 * Source: diskdump_mod.h of makedumpfile 1.7.2.
 */
#ifndef KDUMPFILE_H
#define KDUMPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum kf_kind - how a page is written */
enum kf_kind { KF_RAW, KF_ZLIB, KF_LZO, KF_SNAPPY, KF_ZSTD, KF_KINDS };

/** enum kf_field - a number of the header or the sub-header */
enum kf_field {
	KF_VERSION, KF_STATUS, KF_BLOCK_SIZE, KF_SUB_HDR_SIZE, KF_BITMAP_BLOCKS,
	KF_MAX_MAPNR, KF_SPLIT, KF_START_PFN, KF_END_PFN, KF_START_PFN_64,
	KF_END_PFN_64, KF_MAX_MAPNR_64,
};

/** enum kf_map - one of the bitmaps */
enum kf_map { KF_EXISTS, KF_HAS };

/** struct kf_desc - page descriptor */
struct kf_desc {
	int64_t offset;
	uint32_t size;
	uint32_t flags;
	uint64_t page_flags;
};

/** struct kdumpfile - parameters, then the file that is being written */
struct kdumpfile {
	size_t page_bytes;
	uint64_t nr_pfns;
	uint32_t sub_blocks;
	uint64_t max_descs;	/* the pages' data begins behind them */

	int fd;			/* an unnamed file in memory */
	uint64_t map_at[2], desc_at;
	uint64_t nr_descs;
	uint64_t end;		/* the next page goes here */
	struct kf_desc zero[KF_KINDS];	/* the page of zeros that all share */
};

/** kdumpfile_init() - set the defaults; change them before kdumpfile_open() */
void kdumpfile_init(struct kdumpfile *f, size_t page_bytes, uint64_t nr_pfns);

/** kdumpfile_open() - write headers, and bitmaps without a page */
void kdumpfile_open(struct kdumpfile *f);
void kdumpfile_close(struct kdumpfile *f);

/** kdumpfile_can() - was the library there at build time? */
bool kdumpfile_can(enum kf_kind kind);
const char *kdumpfile_name(enum kf_kind kind);

/** kdumpfile_squeeze() - compress; -> length, 0: does not fit into @room */
size_t kdumpfile_squeeze(enum kf_kind kind, const void *from, size_t bytes,
			 void *to, size_t room);

/**
 * kdumpfile_add() - add a page; pfns must ascend
 *
 * Shape:  like makedumpfile: a page that does not shrink is written raw, and
 *         all pages of zeros share one place.
 */
void kdumpfile_add(struct kdumpfile *f, uint64_t pfn, enum kf_kind kind,
		   const void *page);

/** kdumpfile_add_data() - the same with any data and flags */
void kdumpfile_add_data(struct kdumpfile *f, uint64_t pfn, uint32_t flags,
			const void *data, size_t bytes);

/** kdumpfile_flag() - page_desc.flags of pages of this kind */
uint32_t kdumpfile_flag(enum kf_kind kind);

/* damage to the file */
void kdumpfile_set(struct kdumpfile *f, enum kf_field field, uint64_t value);
void kdumpfile_bit(struct kdumpfile *f, enum kf_map map, uint64_t pfn, bool on);
struct kf_desc kdumpfile_desc(const struct kdumpfile *f, uint64_t nr);
void kdumpfile_set_desc(struct kdumpfile *f, uint64_t nr,
			const struct kf_desc *d);
void kdumpfile_poke(struct kdumpfile *f, uint64_t at, const void *p, size_t n);
void kdumpfile_cut(struct kdumpfile *f, uint64_t bytes);

#endif
