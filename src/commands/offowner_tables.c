// SPDX-License-Identifier: GPL-2.0-or-later
/* offowner_tables.c - the columns of offowner: sections, devices, findings */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "commands/offowner.h"
#include "commands/tables.h"
#include "target/count.h"
#include "target/text.h"

/* ---- one row a section, or several that are alike ---- */

#define SECTION(row) ((const struct ofl_section_row *)(row))

void ofl_map_add(struct ofl_cell *c, const char *name, const char *fmt, ...)
{
	struct ofl_text text = ofl_text_after(c->text, sizeof(c->text));
	char value[128];
	va_list ap;

	va_start(ap, fmt);
	ofl_text_vput(value, sizeof(value), fmt, ap);
	va_end(ap);
	c->kind = OFL_CELL_MAP;
	/* nothing comes after a cut: a later, shorter item would mislead */
	if (!c->cut)
		c->cut = !ofl_text_whole(&text, "%s%s=%s",
					 text.used ? "\n" : "", name, value);
}

static void get_sections(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(SECTION(row)->nr);
	if (SECTION(row)->sections > 1)
		*ret = ofl_cell_span(SECTION(row)->nr, SECTION(row)->nr +
				     SECTION(row)->sections - 1);
}

static void get_nr(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->nr);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_layout *l = ctx;

	*ret = ofl_cell_hex(SECTION(row)->nr * l->section_pages *
			    l->page_bytes);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_hex(SECTION(row)->nr *
			    ((const struct ofl_layout *)ctx)->section_pages);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_int((int64_t)(SECTION(row)->sections *
			    ((const struct ofl_layout *)ctx)->section_pages));
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (SECTION(row)->node >= 0)
		*ret = ofl_cell_int(SECTION(row)->node);
}

static void get_state(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_block_state_text(SECTION(row)->state));
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->offline);
}

static void get_offline_size(const void *row, const void *ctx,
			     struct ofl_cell *ret)
{
	*ret = ofl_cell_size(SECTION(row)->offline *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static void get_stale(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->stale);
}

static void get_owners(const void *row, const void *ctx, struct ofl_cell *ret)
{
	size_t i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < OFL_RECORDS_OWNERS; i++)
		if (SECTION(row)->pages[i])
			ofl_map_add(ret, i == OFL_RECORDS_ORPHAN ? OFL_ORPHAN :
				i == OFL_RECORDS_UNKNOWN ? OFL_NOT_KNOWN :
				ofl_owner_table[i]->name, "%" PRIu64,
				SECTION(row)->pages[i]);
}

static const struct ofl_column section_columns[] = {
	{ "SECTION", NULL, 9, false, 0, get_sections, OFL_JSON_NONE,
	  "memory section, or the first and last of several" },
	{ NULL, "nr", 0, false, 0, get_nr, OFL_JSON_NUMBER,
	  "number of the memory section" },
	{ "PHYS", NULL, 11, false, 0, get_phys, OFL_JSON_NONE,
	  "first physical address" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "pages", 0, false, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "NODE", "node", 4, true, 0, get_node, OFL_JSON_NUMBER_OR_NULL,
	  "NUMA node" },
	{ "STATE", "state", 6, false, 0, get_state, OFL_JSON_STRING,
	  "state of the memory block: online, going-offline, offline "
	  "or other" },
	{ "OFFPAGES", "offline", 8, true, 0, get_offline, OFL_JSON_NUMBER,
	  "PageOffline pages" },
	{ "SIZE", NULL, 5, true, 0, get_offline_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "STALE", "stale", 5, true, 0, get_stale, OFL_JSON_NUMBER,
	  "pages still marked though the section is not online" },
	{ "OWNERS", "owners", 20, false, 0, get_owners, OFL_JSON_MAP,
	  "PageOffline pages by owner" },
};

const struct ofl_table ofl_section_table = {
	"sections", false,
	"memory sections with PageOffline pages; every section with "
	"-a",
	section_columns,
	OFL_COUNT(section_columns),
};

/* ---- one row a device ---- */

#define DEVICE(row) ((const struct ofl_device_records *)(row))

const char *ofl_device_driver(const struct ofl_device_records *k)
{
	return k->owner ? k->owner->name :
	       k->blind ? OFL_NOT_KNOWN : OFL_ORPHAN;
}

static void get_driver(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_device_driver(DEVICE(row)));
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (DEVICE(row)->dev.name[0])
		*ret = ofl_cell_text(DEVICE(row)->dev.name);
}

static void get_found(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)DEVICE(row)->found.pages);
}

static void get_expected(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (DEVICE(row)->account.known)
		*ret = ofl_cell_int(DEVICE(row)->account.expected);
}

static void get_difference(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (DEVICE(row)->compared)
		*ret = ofl_cell_int(DEVICE(row)->difference);
}

static void get_explained(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	if (DEVICE(row)->explained[0])
		*ret = ofl_cell_text(DEVICE(row)->explained);
}

/* the worst first: one page that blocks is enough */
static void get_offlining(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	unsigned int rank = OFL_NR_OUTCOMES;
	enum ofl_outcome out;

	(void)ctx;
	ret->kind = OFL_CELL_LIST;
	while (rank--) {
		out = ofl_outcome_of_rank(rank);
		if (DEVICE(row)->found.outcome[out])
			ofl_text_item(&text, ",", "%s",
				      ofl_outcome_rows[out].page);
	}
}

static void get_evidence(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	int i;

	(void)ctx;
	ret->kind = OFL_CELL_LIST;
	for (i = 0; i < OFL_NR_EVIDENCE; i++)
		if (i != OFL_EV_NONE && DEVICE(row)->found.evidence >> i & 1)
			ofl_text_item(&text, ",", "%s",
				      ofl_evidence_text((enum ofl_evidence)i));
}

static void get_counters(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_account *a = &DEVICE(row)->account;
	unsigned int i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < a->nr_counters; i++)
		ofl_map_add(ret, a->counter[i].name, "%" PRId64,
			a->counter[i].value);
}

static void get_details(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_account *a = &DEVICE(row)->account;
	unsigned int i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < a->nr_details; i++)
		ofl_map_add(ret, a->detail[i].name, "%s", a->detail[i].text);
}

static void get_device_next(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	if (DEVICE(row)->found.next)
		*ret = ofl_cell_text(DEVICE(row)->found.next);
}

static void get_note(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (DEVICE(row)->dev.note[0])
		*ret = ofl_cell_text(DEVICE(row)->dev.note);
}

static const struct ofl_column device_columns[] = {
	{ "OWNER", "owner", 14, false, 0, get_driver, OFL_JSON_STRING,
	  "driver, orphan (no driver holds the pages) or unknown" },
	{ "DEVICE", "device", 8, false, 0, get_device, OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ "FOUND", "found", 7, true, 0, get_found, OFL_JSON_NUMBER,
	  "PageOffline pages that belong to it" },
	{ "EXPECTED", "expected", 8, true, 0, get_expected,
	  OFL_JSON_NUMBER_OR_NULL,
	  "pages by its own counters; not known if they cannot be "
	  "read" },
	{ "DIFFERENCE", "difference", 10, true, 0, get_difference,
	  OFL_JSON_NUMBER_OR_NULL,
	  "found minus expected; not known if only a part was looked "
	  "at" },
	{ "OUTCOME", "outcomes", 9, false, 0, get_offlining,
	  OFL_JSON_STRINGS,
	  "what becomes of its pages when their memory block is "
	  "offlined, as offcheck has it, the worst first" },
	{ NULL, "next", 0, false, 0, get_device_next, OFL_JSON_STRING_OR_NULL,
	  "what a person can do about those of the worst outcome, in one "
	  "sentence" },
	{ NULL, "evidence", 8, false, 0, get_evidence, OFL_JSON_STRINGS,
	  "how it is known that it owns the pages: bitmap, range or "
	  "list of the driver; pointer of the page; counter: no other "
	  "driver has the page and the counter fits" },
	{ NULL, "counters", 20, false, 0, get_counters, OFL_JSON_MAP,
	  "the driver's own counters by their names in the kernel" },
	{ NULL, "details", 0, false, 0, get_details, OFL_JSON_MAP,
	  "more about the device; the names are the driver's and may "
	  "change" },
	{ NULL, "note", 0, false, 0, get_note, OFL_JSON_STRING_OR_NULL,
	  "what is not known about it, and what would help" },
	{ "EXPLAINED", "explained_by", 9, false, 0, get_explained,
	  OFL_JSON_STRING_OR_NULL,
	  "what explains a difference: a held lock, say" },
};

const struct ofl_table ofl_device_table = {
	"devices", false,
	"one row a device, and one for orphan or unknown pages, if "
	"there are any",
	device_columns,
	OFL_COUNT(device_columns),
};

/* what a driver's records say of it: a table of its own, to be narrow */
static const struct ofl_column counter_columns[] = {
	{ "OWNER", NULL, 14, false, 0, get_driver, OFL_JSON_NONE,
	  "as above" },
	{ "DEVICE", NULL, 8, false, 0, get_device, OFL_JSON_NONE,
	  "as above" },
	{ "EVIDENCE", NULL, 8, false, 0, get_evidence, OFL_JSON_NONE,
	  "how it is known that it owns the pages" },
	{ "COUNTERS", NULL, 20, false, 0, get_counters, OFL_JSON_NONE,
	  "the driver's own counters by their names in the kernel" },
};

const struct ofl_table ofl_counter_table = {
	NULL, false, "the same devices: what the driver's records say",
	counter_columns, OFL_COUNT(counter_columns),
};

/* ---- what is wrong with the records ---- */

#define COMPLAINT(row) ((const struct ofl_complaint_row *)(row))

static void get_severity(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_severity_text(COMPLAINT(row)->c->severity));
}

static void get_whose(const void *row, const void *ctx, struct ofl_cell *ret)
{
	if (COMPLAINT(row)->device)
		get_driver(COMPLAINT(row)->device, ctx, ret);
}

static void get_which(const void *row, const void *ctx, struct ofl_cell *ret)
{
	if (COMPLAINT(row)->device)
		get_device(COMPLAINT(row)->device, ctx, ret);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(COMPLAINT(row)->c->row->code);
}

static void get_first(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (COMPLAINT(row)->c->pages)
		*ret = ofl_cell_hex(COMPLAINT(row)->c->pfn);
}

static void get_text(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(COMPLAINT(row)->c->text);
}

static void get_complaint_next(const void *row, const void *ctx,
			       struct ofl_cell *ret)
{
	(void)ctx;
	if (COMPLAINT(row)->next)
		*ret = ofl_cell_text(COMPLAINT(row)->next);
}

static const struct ofl_column complaint_columns[] = {
	{ "SEVERITY", "severity", 8, false, 0, get_severity, OFL_JSON_STRING,
	  "error, warning or info, as in offcheck" },
	{ "OWNER", "owner", 14, false, 0, get_whose, OFL_JSON_STRING_OR_NULL,
	  "driver; none: the kernel's own counters" },
	{ "DEVICE", "device", 8, false, 0, get_which, OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ "PFN", "pfn", 8, false, 0, get_first, OFL_JSON_NUMBER_OR_NULL,
	  "first page frame number, if it is about pages" },
	{ "CODE", "code", 16, false, 0, get_code, OFL_JSON_STRING,
	  "what is wrong, a word that does not change" },
	{ NULL, "next", 0, false, 0, get_complaint_next, OFL_JSON_STRING_OR_NULL,
	  "what a person can do, in one sentence" },
	{ "REASON", "reason", 20, false, 0, get_text, OFL_JSON_STRING,
	  "the same in words, for people" },
};

const struct ofl_table ofl_complaint_table = {
	"findings", false,
	"what is wrong with the records of drivers and the counters "
	"of the kernel",
	complaint_columns,
	OFL_COUNT(complaint_columns),
};
