// SPDX-License-Identifier: GPL-2.0-or-later
/* version.c - which offline.so this is: what VERSION says when it is built */
#include "commands/version.h"

#ifndef OFL_DOCS
#define OFL_DOCS	""
#define OFL_SCHEMA	""
#endif

const char *const ofl_version = OFL_VERSION;
const char *const ofl_docs_path = OFL_DOCS;
const char *const ofl_schema_path = OFL_SCHEMA;
