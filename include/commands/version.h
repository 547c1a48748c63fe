/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.h - which offline.so this is, and where what belongs to it is; depends on nothing */
#ifndef OFL_VERSION_H
#define OFL_VERSION_H

extern const char *const ofl_version;	/* "1.0.0" */
/* where "make install" puts docs/ and schema/; "": it was not built for that */
extern const char *const ofl_docs_path, *const ofl_schema_path;

#endif
