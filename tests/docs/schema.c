// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * schema.c - JSON Schemas of the documents, from the rows of their members
 *
 * What a row says in words holds here too: help that begins with "if ", or
 * says "absent", is of a member that may be missing.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/manual.h"
#include "commands/tables.h"
#include "judge/records.h"
#include "judge/outcome.h"
#include "kernel/block.h"
#include "schema.h"

#define MAX_WORDS	32

/** struct words - those that a member of this name can be */
struct words {
	const char *word[MAX_WORDS];
	size_t nr;
};

static struct json_object *text(const char *s)
{
	return json_object_new_string(s);
}

static void add(struct json_object *o, const char *key, struct json_object *v)
{
	json_object_object_add(o, key, v);
}

/* ---- words ---- */

static void add_word(struct words *w, const char *word)
{
	size_t i;

	if (!word)
		return;
	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], word))
			return;
	if (w->nr == MAX_WORDS)
		abort();
	w->word[w->nr++] = word;
}

static void outcomes(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_OUTCOMES; i++) {
		add_word(w, ofl_outcome_rows[i].page);
		add_word(w, ofl_outcome_rows[i].step);
	}
}

static void verdicts(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_OUTCOMES; i++)
		add_word(w, ofl_outcome_rows[i].block);
}

static void steps(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_STEPS; i++)
		add_word(w, ofl_step_rows[i].text);
}

static void results(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_RESULTS; i++)
		add_word(w, ofl_result_text((enum ofl_result)i));
}

static void severities(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_SEVERITIES; i++)
		if (i != OFL_SEV_NONE)	/* no finding has that */
			add_word(w, ofl_severity_text((enum ofl_severity)i));
}

static void states(struct words *w)
{
	int i;

	for (i = 0; i < OFL_NR_BLOCK_STATES; i++)
		add_word(w, ofl_block_state_text((enum ofl_block_state)i));
}

/* a word means the same wherever a member has its name */
static const struct {
	const char *name;
	void (*list)(struct words *w);
} word_lists[] = {
	{ "outcome", outcomes }, { "outcomes", outcomes },
	{ "verdict", verdicts }, { "step", steps },
	{ "status.result", results }, { "severity", severities },
	{ "state", states },
};

static struct json_object *words_of(const char *name)
{
	struct json_object *array = NULL;
	struct words w = { .nr = 0 };
	size_t i;

	for (i = 0; i < sizeof(word_lists) / sizeof(word_lists[0]); i++)
		if (!strcmp(word_lists[i].name, name))
			word_lists[i].list(&w);
	for (i = 0; i < w.nr; i++) {
		if (!array)
			array = json_object_new_array();
		json_object_array_add(array, text(w.word[i]));
	}
	return array;
}

/* ---- members ---- */

static struct json_object *types(const char *one, const char *other,
				 const char *third)
{
	struct json_object *array = json_object_new_array();

	json_object_array_add(array, text(one));
	json_object_array_add(array, text(other));
	if (third)
		json_object_array_add(array, text(third));
	return array;
}

static struct json_object *type_of(enum ofl_json type)
{
	switch (type) {
	case OFL_JSON_NUMBER:
		return text("integer");
	case OFL_JSON_NUMBER_OR_NULL:
		return types("integer", "null", NULL);
	case OFL_JSON_NUMBER_OR_HEX:
		return types("integer", "string", "null");
	case OFL_JSON_STRING:
	case OFL_JSON_HEX:
		return text("string");
	case OFL_JSON_STRING_OR_NULL:
	case OFL_JSON_HEX_OR_NULL:
		return types("string", "null", NULL);
	case OFL_JSON_BOOL:
		return text("boolean");
	case OFL_JSON_STRINGS:
		return text("array");
	case OFL_JSON_STRINGS_OR_NULL:
		return types("array", "null", NULL);
	case OFL_JSON_MAP:
	case OFL_JSON_OBJECT:
		return text("object");
	case OFL_JSON_NONE:
	case OFL_NR_JSON:
		break;
	}
	abort();
}

static bool is_hex(enum ofl_json type)
{
	return type == OFL_JSON_HEX || type == OFL_JSON_HEX_OR_NULL ||
	       type == OFL_JSON_NUMBER_OR_HEX;
}

/* what the elements of an array, or the members of a map, are */
static struct json_object *elements(struct json_object *words,
				    enum ofl_json type)
{
	struct json_object *o = json_object_new_object();

	add(o, "type", type == OFL_JSON_MAP ? types("integer", "string", NULL) :
					      text("string"));
	if (words)
		add(o, "enum", words);
	return o;
}

static struct json_object *member(const char *name, enum ofl_json type,
				  const char *help)
{
	struct json_object *o = json_object_new_object();
	struct json_object *words = words_of(name);

	add(o, "description", text(help));
	add(o, "type", type_of(type));
	if (is_hex(type))
		add(o, "pattern", text("^0x[0-9a-f]+$"));
	if (type == OFL_JSON_STRINGS || type == OFL_JSON_STRINGS_OR_NULL)
		add(o, "items", elements(words, type));
	else if (type == OFL_JSON_MAP)
		add(o, "additionalProperties", elements(words, type));
	else if (words) {
		if (type == OFL_JSON_STRING_OR_NULL)
			json_object_array_add(words, NULL);
		add(o, "enum", words);
	} else if (type == OFL_JSON_STRING || type == OFL_JSON_STRING_OR_NULL)
		add(o, "minLength", json_object_new_int(1));	/* else null */
	return o;
}

static bool may_miss(const char *help)
{
	return !strncmp(help, "if ", 3) ||
	       (strstr(help, "absent") && !strstr(help, "command failed"));
}

/** struct object - an object that gets its members */
struct object {
	struct json_object *schema, *properties, *required;
};

static struct object object(struct json_object *schema)
{
	struct object o = { schema, json_object_new_object(),
			    json_object_new_array() };

	return o;
}

static void put(struct object *o, const char *name, struct json_object *m,
		bool required)
{
	add(o->properties, name, m);
	if (required)
		json_object_array_add(o->required, text(name));
}

static void end(struct object *o)
{
	add(o->schema, "properties", o->properties);
	if (json_object_array_length(o->required))
		add(o->schema, "required", o->required);
	else
		json_object_put(o->required);
}

/* "host" and the rows "host.nodename" ... behind it */
static void put_object(struct object *o, const struct ofl_field *row)
{
	size_t len = strlen(row->json);
	struct object inner = object(member(row->json, row->type, row->help));
	const struct ofl_field *sub;

	for (sub = row + 1; sub->help; sub++)
		if (sub->json && !strncmp(sub->json, row->json, len) &&
		    sub->json[len] == '.') {
			const char *name = sub->json + len + 1;
			bool is_result = !strcmp(sub->json, "status.result");

			put(&inner, name,
			    member(is_result ? sub->json : name, sub->type,
				   sub->help), !may_miss(sub->help));
		}
	end(&inner);
	put(o, row->json, inner.schema, !may_miss(row->help));
}

static void put_fields(struct object *o, const struct ofl_field *row)
{
	for (; row && row->help; row++) {
		if (!row->json || strchr(row->json, '.'))
			continue;
		if (row->type == OFL_JSON_OBJECT)
			put_object(o, row);
		else
			put(o, row->json, member(row->json, row->type,
						 row->help),
			    !may_miss(row->help));
	}
}

static void put_table(struct object *o, const struct ofl_table *t)
{
	struct json_object *whole = json_object_new_object();
	struct object row = object(json_object_new_object());
	size_t i;

	add(row.schema, "type", text("object"));
	for (i = t->keyed; i < t->nr_columns; i++)
		if (t->column[i].json)
			put(&row, t->column[i].json,
			    member(t->column[i].json, t->column[i].type,
				   t->column[i].help), true);
	end(&row);
	add(whole, "description", text(t->help));
	add(whole, "type", text(t->keyed ? "object" : "array"));
	add(whole, t->keyed ? "additionalProperties" : "items", row.schema);
	put(o, t->json, whole, !may_miss(t->help));
}

/* ---- documents ---- */

static struct json_object *constant(struct json_object *value)
{
	struct json_object *o = json_object_new_object();

	add(o, "const", value);
	return o;
}

/* a failure has what is known before anything is looked at */
static void unless_failed(struct json_object *schema,
			  struct json_object *required)
{
	struct json_object *result = json_object_new_object();
	struct json_object *status = json_object_new_object();
	struct json_object *always = json_object_new_array();
	struct json_object *on = json_object_new_object();
	struct json_object *otherwise = json_object_new_object();
	static const char *const names[] = { "schema", "command", "host",
					     "status" };
	struct json_object *of_status = json_object_new_object();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_array_add(always, text(names[i]));
	add(result, "result", constant(text("failed")));
	add(of_status, "properties", result);
	add(status, "status", of_status);
	add(on, "properties", status);
	add(otherwise, "required", required);
	add(schema, "required", always);
	add(schema, "if", on);
	add(schema, "else", otherwise);
}

void schema_print(const struct ofl_command *c)
{
	struct object o = object(json_object_new_object());
	const struct ofl_table *const *t;
	char title[64];

	snprintf(title, sizeof(title), "%s -j", c->name);
	add(o.schema, "$schema",
	    text("https://json-schema.org/draft/2020-12/schema"));
	snprintf(title, sizeof(title), "%s.json", c->name);
	add(o.schema, "$id", text(title));
	snprintf(title, sizeof(title), "%s -j", c->name);
	add(o.schema, "title", text(title));
	add(o.schema, "description", text(c->manual->summary));
	add(o.schema, "type", text("object"));
	put_fields(&o, ofl_common_fields);
	put_table(&o, &ofl_unknown_table);
	put_fields(&o, c->manual->fields);
	for (t = c->manual->tables; *t; t++)
		if ((*t)->json)
			put_table(&o, *t);
	/* these two are more than integer and string */
	add(o.properties, "schema", constant(json_object_new_int(2)));
	add(o.properties, "command", constant(text(c->name)));
	add(o.schema, "properties", o.properties);
	unless_failed(o.schema, o.required);
	puts(json_object_to_json_string_ext(o.schema,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
		JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o.schema);
}
