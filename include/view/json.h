/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - one value as an object of json-c
 *
 * Depends on cell.h and json-c.
 */
#ifndef OFL_JSON_H
#define OFL_JSON_H

#include "view/cell.h"

struct json_object;

/**
 * ofl_cell_json() - the value of a member
 * @failed: inout  set if no memory was left; else not touched
 *
 * Shape:  NULL is what json-c writes as null: there is no value.
 * Memory: json_object_put().
 */
struct json_object *ofl_cell_json(const struct ofl_cell *c, bool *failed);

#endif
