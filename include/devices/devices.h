/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * devices.h - which device each memory block belongs to
 *
 * Depends on memdevs.h. All kinds are asked here.
 */
#ifndef OFL_DEVICES_H
#define OFL_DEVICES_H

#include "devices/memdevs.h"

/**
 * ofl_memdevs_load() - find them; ofl_memdevs_free() also after a failure
 * @env: in  borrowed, with owners and blocks
 *
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_memdevs_load(const struct ofl_env *env,
				 struct ofl_memdevs *d, struct ofl_err *err);

/** all kinds, the surest first; ends with NULL */
extern const struct ofl_memdev_kind *const ofl_memdev_kinds[];

#endif
