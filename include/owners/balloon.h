/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * balloon.h - what all drivers of the balloon core have in common
 *
 * Depends on driver.h, pagelist.h, module.h. A device has a struct
 * balloon_dev_info with the list of its pages, which is a type of the kernel
 * proper. Where balloon pages can be migrated every page points back to it.
 *
 * Source: mm/balloon.c (mm/balloon_compaction.c before v7.x).
 */
#ifndef OFL_BALLOON_H
#define OFL_BALLOON_H

#include "kernel/module.h"
#include "owners/driver.h"
#include "owners/pagelist.h"

/** struct ofl_balloon - one balloon_dev_info */
struct ofl_balloon {
	char name[24];		/* of the device; "" if it is not known */
	uint64_t driver_kva;	/* struct of the driver around it; 0: not known */
	uint64_t kva;		/* struct balloon_dev_info */
	uint64_t isolated;	/* isolated_pages */
	uint64_t migrate_kva;	/* migratepage; 0 without migration */
	struct ofl_pagelist list;
	bool read;		/* all of the above could be read, and is one */
	bool lost;		/* the dump does not have some of it */
	struct ofl_missed missed;	/* reads of it that failed */
};

/** struct ofl_balloon_driver - a driver of the balloon core */
struct ofl_balloon_driver {
	const char *name;	/* for people: "virtio_balloon" */
	const char *module;	/* that the driver is in; NULL: any */
	const char *migrate;	/* name of its migratepage; NULL: any */
};

/** struct ofl_balloons - the devices of one driver; first in its state */
struct ofl_balloons {
	const struct ofl_env *env;
	const struct ofl_balloon_driver *driver;
	struct ofl_balloon *dev;	/* owned */
	unsigned int max;
	unsigned int nr;	/* known now: by probe(), or by a page since */
	unsigned int nr_probed;	/* of them, by probe() */
	unsigned int nr_read;	/* dev[nr..) were read before the last forget() */
	uint64_t *kept;	/* devices of the last keep(); owned */
	unsigned int nr_kept;
	uint64_t refused;	/* private that was no device of ours, last */
	const char *why_unknown;	/* it could not be read: why; NULL: it could */
};

/**
 * ofl_balloons_new() - the state of a driver, without devices
 * @bytes: in  of the driver's state, which begins with a struct ofl_balloons
 *
 * Memory: zeroed but for that; ofl_balloons_free() gives it back.
 * Errors: NULL with OFL_ERR_NOMEM in *@err.
 */
void *ofl_balloons_new(const struct ofl_env *env,
		       const struct ofl_balloon_driver *driver, size_t bytes,
		       struct ofl_err *err);

/** ofl_balloon_known() - has this kernel the balloon core? */
bool ofl_balloon_known(const struct ofl_layout *l);

/**
 * ofl_balloons_add() - for probe(): read a balloon_dev_info, walk its list
 *
 * @ret: out  valid until the next call
 *
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_balloons_add(struct ofl_balloons *b, uint64_t kva,
				 struct ofl_balloon **ret, struct ofl_err *err);

/** ofl_balloons_free() - ofl_owner_ops.free(): lists, and the state */
void ofl_balloons_free(void *state);

/**
 * ofl_balloons_forget() - ofl_owner_ops.forget()
 *
 * Shape:  a device that a page made known is unknown again until a page does
 *         so once more; what was read of it is kept and not read again.
 */
void ofl_balloons_forget(void *state);

/** ofl_balloons_keep(), ofl_balloons_resume() - ofl_owner_ops.keep(), .resume() */
bool ofl_balloons_keep(void *state);
void ofl_balloons_resume(void *state);

/**
 * ofl_balloons_claim() - ofl_owner_ops.claim(): is it a page of these devices?
 *
 * Shape:  a page that points back to a balloon_dev_info which is not known
 *         yet makes it known, if its migratepage has the driver's name. The
 *         nameless driver says why it cannot tell in @ret->blind.
 */
bool ofl_balloons_claim(void *state, const struct ofl_owner_page *p,
			struct ofl_claim *ret);

/**
 * ofl_balloons_known() - can all pages of the devices be told?
 *
 * Shape:  pages that can be migrated point back; all others are on a list that
 *         was read to its end, or not known.
 */
bool ofl_balloons_known(const struct ofl_balloons *b);

/**
 * ofl_balloons_have_batch() - ofl_owner_ops.has_batch(): has a page that left its
 * list still the mark?
 *
 * Shape:  before v6.17 balloon_page_delete() takes both away under one lock, and
 *         balloon_page_insert() gives them. True if that is not known.
 */
bool ofl_balloons_have_batch(const void *state);

/** ofl_balloon_account() - isolated, listed, and what is wrong with the list */
void ofl_balloon_account(const struct ofl_balloon *b, struct ofl_account *a);

/** ofl_balloon_expect_list() - a driver's list is the only record there is */
void ofl_balloon_expect_list(const struct ofl_balloon *b,
			     struct ofl_account *a);

#endif
