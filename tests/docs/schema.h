/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schema.h - JSON Schemas of the documents, from the rows of their members */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "commands/command.h"

/** schema_print() - the schema of a command's documents, to stdout */
void schema_print(const struct ofl_command *c);

#endif
