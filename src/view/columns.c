// SPDX-License-Identifier: GPL-2.0-or-later
/* columns.c - which columns of a table are shown */
#include <string.h>
#include <strings.h>

#include "target/text.h"
#include "view/columns.h"

const char *ofl_json_text(enum ofl_json type)
{
	static const char *const text[OFL_NR_JSON] = {
		[OFL_JSON_NONE] = "",
		[OFL_JSON_NUMBER] = "number",
		[OFL_JSON_NUMBER_OR_NULL] = "number or null",
		[OFL_JSON_STRING] = "string",
		[OFL_JSON_STRING_OR_NULL] = "string or null",
		[OFL_JSON_HEX] = "hex string",
		[OFL_JSON_HEX_OR_NULL] = "hex string or null",
		[OFL_JSON_NUMBER_OR_HEX] = "number, hex string or null",
		[OFL_JSON_BOOL] = "true or false",
		[OFL_JSON_STRINGS] = "array of strings",
		[OFL_JSON_STRINGS_OR_NULL] = "array of strings, or null",
		[OFL_JSON_MAP] = "object",
		[OFL_JSON_OBJECT] = "object",
	};

	return text[type];
}

void ofl_columns_default(const struct ofl_table *table, struct ofl_columns *ret)
{
	size_t i;

	ret->nr = 0;
	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name)
			ret->index[ret->nr++] = (uint8_t)i;
}

static int find_column(const struct ofl_table *table, const char *name,
		       size_t len)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name && len &&
		    !strncasecmp(table->column[i].name, name, len) &&
		    !table->column[i].name[len])
			return (int)i;
	return -1;
}

static enum ofl_status no_such_column(const struct ofl_table *table,
				      const char *name, size_t len,
				      struct ofl_err *err)
{
	char list[256];
	struct ofl_text text = ofl_text_over(list, sizeof(list));
	size_t i;

	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name)
			ofl_text_item(&text, ",", "%s", table->column[i].name);
	return ofl_fail(err, OFL_ERR_ARG, "-o: no column '%.*s'; there are %s",
			(int)len, name, list);
}

enum ofl_status ofl_columns_parse(const struct ofl_table *table,
				  const char *list, struct ofl_columns *ret,
				  struct ofl_err *err)
{
	const char *word = list;

	ret->nr = 0;
	for (;;) {
		size_t len = strcspn(word, ",");
		int i = find_column(table, word, len);

		if (i < 0)
			return no_such_column(table, word, len, err);
		if (ret->nr == OFL_MAX_COLUMNS)
			return ofl_fail(err, OFL_ERR_ARG,
					"-o: more than %d columns",
					OFL_MAX_COLUMNS);
		ret->index[ret->nr++] = (uint8_t)i;
		if (!word[len])
			return OFL_OK;
		word += len + 1;
	}
}

unsigned int ofl_columns_split(const struct ofl_table *table,
			       const struct ofl_columns *shown)
{
	unsigned int split = 0;
	size_t i;

	for (i = 0; i < shown->nr; i++)
		split |= table->column[shown->index[i]].split;
	return split;
}
