// SPDX-License-Identifier: GPL-2.0-or-later
/* nexts.c - what a person can do, behind a table: each sentence once */
#include <string.h>

#include "commands/nexts.h"
#include "target/text.h"

static struct ofl_next *find(struct ofl_nexts *n, const char *text)
{
	size_t i = 0;

	while (i < n->nr && strcmp(n->next[i].text, text))
		i++;
	if (i == OFL_NEXTS)
		return NULL;
	if (i == n->nr)
		n->next[n->nr++] = (struct ofl_next){ .text = text };
	return &n->next[i];
}

void ofl_nexts_add(struct ofl_nexts *n, const char *about, const char *text)
{
	struct ofl_next *is = text ? find(n, text) : NULL;
	unsigned int i;

	if (!is)
		return;
	for (i = 0; i < is->names; i++)
		if (!strcmp(is->about[i], about))
			return;
	is->others |= i == OFL_NEXTS_NAMES;
	if (!is->others)
		ofl_text_put(is->about[is->names++], sizeof(is->about[0]), "%s",
			     about);
}

void ofl_nexts_show(const struct ofl_nexts *n, struct ofl_view *v)
{
	char label[128];
	struct ofl_text text;
	unsigned int i;
	size_t at;

	for (at = 0; at < n->nr; at++) {
		text = ofl_text_over(label, sizeof(label));
		ofl_text_add(&text, "NEXT (");
		for (i = 0; i < n->next[at].names; i++)
			ofl_text_add(&text, "%s%s", i ? ", " : "",
				     n->next[at].about[i]);
		ofl_text_add(&text, n->next[at].others ? ", others):" : "):");
		ofl_view_sentence(v, label, n->next[at].text);
	}
}
