// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - one value, as a document has it: through json-c */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/json.h"

static struct json_object *list_json(const char *text)
{
	struct json_object *array = json_object_new_array(), *element;
	char copy[sizeof(((struct ofl_cell *)0)->text)];
	char *word, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	if (!strcmp(copy, "-"))
		return array;
	for (word = strtok_r(copy, ",", &save); word && array;
	     word = strtok_r(NULL, ",", &save)) {
		element = json_object_new_string(word);
		if (!element || json_object_array_add(array, element)) {
			json_object_put(element);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

static struct json_object *value_json(const char *text)
{
	char *end;
	int64_t i = strtoll(text, &end, 10);

	return end == text || *end ? json_object_new_string(text) :
				     json_object_new_int64(i);
}

static struct json_object *map_json(const char *text)
{
	struct json_object *map = json_object_new_object(), *value;
	char copy[sizeof(((struct ofl_cell *)0)->text)];
	char *item, *eq, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (item = strtok_r(copy, "\n", &save); item && map;
	     item = strtok_r(NULL, "\n", &save)) {
		eq = strchr(item, '=');
		if (!eq)
			continue;
		*eq++ = '\0';
		value = value_json(eq);
		if (!value || json_object_object_add(map, item, value)) {
			json_object_put(value);
			json_object_put(map);
			return NULL;
		}
	}
	return map;
}

/* beyond 2^53 a number comes out of many a reader as another one */
static struct json_object *hex_json(uint64_t u)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, u);
	return json_object_new_string(text);
}

static struct json_object *new_json(const struct ofl_cell *c)
{
	switch (c->kind) {
	case OFL_CELL_INT:
		return json_object_new_int64(c->i);
	case OFL_CELL_HEX:
	case OFL_CELL_SIZE:
		return json_object_new_uint64(c->u);
	case OFL_CELL_KVA:
		return hex_json(c->u);
	case OFL_CELL_BOOL:
		return json_object_new_boolean(c->i != 0);
	case OFL_CELL_TEXT:
		return json_object_new_string(c->text);
	case OFL_CELL_LIST:
		return list_json(c->text);
	case OFL_CELL_MAP:
		return map_json(c->text);
	case OFL_CELL_SPAN:
	case OFL_CELL_NONE:
	case OFL_CELL_UNKNOWN:
		break;
	}
	return NULL;		/* json-c writes it as null */
}

/* out of memory must not read as null: that says "not known" */
struct json_object *ofl_cell_json(const struct ofl_cell *c, bool *failed)
{
	struct json_object *o = new_json(c);

	if (!o && c->kind != OFL_CELL_NONE && c->kind != OFL_CELL_UNKNOWN)
		*failed = true;
	return o;
}
