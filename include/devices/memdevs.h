/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memdevs.h - memory devices, and what a kind of them answers
 *
 * Depends on owner.h. A kind of device is one file in src/devices and one row
 * of kinds.def. A device is named only with a witness; memory that no kind has
 * is of the boot if its section says so, else its device is not known.
 */
#ifndef OFL_MEMDEVS_H
#define OFL_MEMDEVS_H

#include "owners/owner.h"

#define OFL_MAX_MEMDEVS		65536
#define OFL_MAX_MEMDEV_SPANS	262144

struct ofl_memdevs;

/** struct ofl_memdev_kind - a kind of device, how it is found and unplugged */
struct ofl_memdev_kind {
	const char *name;	/* stable word, for JSON and grep */
	const char *evidence;	/* what in the dump says so */
	const char *what;	/* what its name is, for docs/devices.md */
	const char *never;	/* why it is never unplugged; NULL: it can be */
	/* what a person can do if its blocks can all be offlined; if not */
	const char *next, *next_held;
	/* if the device itself is why it is never unplugged; NULL: nothing */
	const char *next_never;
	/* units of it are unplugged by alloc_contig_range(), not by offlining */
	bool contig;
	/* said only of what no kind before has, so that one of these may have it */
	bool rest;
	/**
	 * find - give all devices to ofl_memdevs_add(); NULL: made by hand
	 *
	 * Errors: false: some may be missing.
	 */
	bool (*find)(struct ofl_memdevs *d);
};

/** struct ofl_memdev - one device */
struct ofl_memdev {
	const struct ofl_memdev_kind *kind;
	char name[24];		/* escaped; never empty */
	char note[80];		/* what else is known; "" */
	const char *never;	/* why it is never unplugged; NULL: it can be */
	bool unsure;		/* a kind before may have it: not all it has is known */
	uint64_t start_pa, end_pa;	/* from the first to the last of its memory */
	uint64_t bytes;			/* of its ranges together */
	unsigned int ranges;
};

/** struct ofl_memdev_span - memory of a device, half-open */
struct ofl_memdev_span {
	uint64_t start_pa, end_pa;
	uint32_t device;	/* index */
};

/** struct ofl_memdevs - all devices; ofl_memdevs_load() begins it */
struct ofl_memdevs {
	const struct ofl_env *env;
	struct ofl_target t;		/* what it cannot read is no loss of a scan */
	struct ofl_memdev *device;	/* owned */
	size_t nr, max;
	struct ofl_memdev_span *span;	/* owned; ascending after the load */
	size_t nr_spans, max_spans;
	size_t sorted;			/* spans of the kinds before */
	struct ofl_memdev boot;		/* memory of the boot, which has none */
	const char *missing;		/* kind that may have more; NULL: none */
	bool asked_boot;		/* a kind was asked that boot memory can be of */
	bool no_memory;
};

void ofl_memdevs_free(struct ofl_memdevs *d);

/**
 * ofl_memdevs_add() - memory of a device, from a kind's find()
 * @name: in  of the dump: it is escaped and cut
 * @anew: in  false: the same name of the same kind is the same device
 *
 * Shape:  memory that a kind before has is left out; if it has only a part of
 *         it, the kind is one that may have more. So it is at the limits.
 * Errors: NULL: left out, or no memory.
 */
struct ofl_memdev *ofl_memdevs_add(struct ofl_memdevs *d,
				   const struct ofl_memdev_kind *kind,
				   const char *name, bool anew,
				   uint64_t start_pa, uint64_t end_pa);

/** ofl_memdevs_missing() - not all devices of @kind are known */
void ofl_memdevs_missing(struct ofl_memdevs *d,
			 const struct ofl_memdev_kind *kind);

/** ofl_memdevs_added() - what driver @name says it added, for a kind's find() */
bool ofl_memdevs_added(struct ofl_memdevs *d,
		       const struct ofl_memdev_kind *kind,
		       const struct ofl_owner_ops *driver);

/**
 * ofl_memdevs_of_block() - the device of a memory block
 *
 * Shape:  &@d->boot for memory of the boot; NULL: not known, or several.
 */
const struct ofl_memdev *ofl_memdevs_of_block(const struct ofl_memdevs *d,
					      const struct ofl_block *b);

/* memory that was there when the kernel started */
extern const struct ofl_memdev_kind ofl_memdev_boot;

#define KIND(name) extern const struct ofl_memdev_kind ofl_memdev_##name;
#include "devices/kinds.def"
#undef KIND

#endif
