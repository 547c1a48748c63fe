/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline_told.h - what drivers' records say of their devices, for one screen
 *
 * Depends on analysis.h. offowner has all of it; offline names only what a
 * person has to know: a driver that is gone, less or more than was asked for,
 * and what a device has beside its row of the balance.
 */
#ifndef OFL_OFFLINE_TOLD_H
#define OFL_OFFLINE_TOLD_H

#include "session/analysis.h"

/** struct ofl_told_device - one device */
struct ofl_told_device {
	const struct ofl_owner_ops *owner;
	unsigned int device;
	char name[24];		/* "" if it has none */
	bool gone;		/* its driver is, and its memory stayed */
	/* the finding that it has not what it was told to have; NULL: there is none */
	const struct ofl_finding_row *finding;
	enum ofl_severity severity;
	char reason[160];
	const char *untold;	/* why such a finding may lack; NULL: it does not */
	char has[96];		/* "plugged 900M, requested 900M"; "" */
};

/** struct ofl_told - all devices; begin with zeros */
struct ofl_told {
	struct ofl_told_device *device;	/* owned */
	size_t nr;
	bool lost;		/* no memory for some */
	/* pages that balloons took and gave back since the boot, if known */
	bool churn_known;
	uint64_t inflated, deflated;
};

/**
 * ofl_told_load() - ask the drivers; ofl_told_free() in any case
 *
 * Shape:  reads the dump, so before anything of the devices is forgotten.
 */
void ofl_told_load(const struct ofl_analysis *a, struct ofl_told *ret);
void ofl_told_free(struct ofl_told *told);

/** ofl_told_of() - a device of @told; NULL: it is none of them */
const struct ofl_told_device *ofl_told_of(const struct ofl_told *told,
					  const struct ofl_owner_ops *owner,
					  unsigned int device);

#endif
