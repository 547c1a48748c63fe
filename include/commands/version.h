/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.h - which offline.so this is; depends on nothing */
#ifndef OFL_VERSION_H
#define OFL_VERSION_H

extern const char *const ofl_version;	/* "1.0.0" */

#endif
