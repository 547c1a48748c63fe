/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shrink.h - what keeps a device from giving memory back
 *
 * Depends on scan.h and owner.h. A virtio-mem device that was asked to shrink
 * gives back sub-blocks, or big blocks, that alloc_contig_range() can empty.
 * Each that it still has is looked at, and they are added up by what stops
 * them.
 */
#ifndef OFL_SHRINK_H
#define OFL_SHRINK_H

#include "judge/outcome.h"
#include "owners/owner.h"
#include "scan/scan.h"

/** OFL_SHRINK_ALL - kind of the row of every sub-block of an outcome */
#define OFL_SHRINK_ALL	"all"

/** struct ofl_shrink_row - sub-blocks of one outcome, or those of them that one holder stops */
struct ofl_shrink_row {
	enum ofl_outcome outcome;
	const char *kind;		/* of holder, or of page */
	char name[160], detail[120];	/* of the holder; "" if there is none */
	uint64_t units, pages, first_pfn;
	uint64_t unit_nr;		/* that was counted last */
	uint32_t next;			/* in its bucket, 1 above; 0: none */
};

/** struct ofl_shrink_doubts - what of it is not known; begin with zeros */
struct ofl_shrink_doubts {
	bool cut;		/* not every sub-block was looked at: ^C */
	bool lost;		/* no memory for all rows, or all holders */
	uint64_t broken;	/* pages whose way to a holder is broken */
	uint64_t bad_kva;	/* where the first of them is */
	const char *bad_what;
};

struct ofl_shrink;

/**
 * ofl_shrink_open() - begin with one device; nothing is read yet
 * @owner, @state, @device: in  its driver's row, what that found, and its index
 * @s:   in   what the driver says of it
 * @ret: out  ofl_shrink_close() also after a failure
 *
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_shrink_open(const struct ofl_env *env,
				const struct ofl_owner_ops *owner,
				const void *state, unsigned int device,
				const struct ofl_shrinking *s,
				struct ofl_shrink **ret, struct ofl_err *err);
void ofl_shrink_close(struct ofl_shrink *k);

/**
 * ofl_shrink_scan() - read the memmap of its device, within the filter of @wanted
 * @memmap: in  what reads it; holders are read as ofl_shrink_open()'s @env says
 * @d:      in/out  told of a ^C
 *
 * Errors: of ofl_scan().
 */
enum ofl_status ofl_shrink_scan(struct ofl_shrink *k,
				const struct ofl_target *memmap,
				const struct ofl_scan_request *wanted,
				struct ofl_shrink_doubts *d,
				struct ofl_err *err);

/**
 * ofl_shrink_rows() - what was added up
 *
 * Shape:  the worst outcome first; of one outcome the row of all first, then
 *         the largest; valid until ofl_shrink_close().
 */
const struct ofl_shrink_row *ofl_shrink_rows(struct ofl_shrink *k, size_t *nr);

/** ofl_shrink_doubt() - add to @d what is not known of it */
void ofl_shrink_doubt(const struct ofl_shrink *k, struct ofl_shrink_doubts *d);

#endif
