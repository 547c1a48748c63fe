// SPDX-License-Identifier: GPL-2.0-or-later
/* offcheck_tables.c - the columns of offcheck: classes of pages, findings */
#include "commands/offcheck.h"
#include "commands/tables.h"
#include "judge/audit.h"
#include "judge/next.h"
#include "target/count.h"
#include "target/text.h"

static const char *const ref_text[] = {
	[OFL_REF_NEGATIVE] = "<0",
	[OFL_REF_0] = "0",
	[OFL_REF_1] = "1",
	[OFL_REF_MORE] = ">1",
};

/* ---- one row a class of pages ---- */

#define CLASS(row) ((const struct ofl_page_class *)(row))

static void get_class_owner(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_owner_name(&CLASS(row)->claim));
}

static void get_class_device(const void *row, const void *ctx,
			     struct ofl_cell *ret)
{
	(void)ctx;
	if (CLASS(row)->device[0])
		*ret = ofl_cell_text(CLASS(row)->device);
}

static void get_class_ref(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ref_text[CLASS(row)->ref]);
}

static void get_class_outcome(const void *row, const void *ctx,
			      struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[CLASS(row)->outcome].page);
}

static void get_class_pages(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)CLASS(row)->pages);
}

static void get_class_size(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	*ret = ofl_cell_size(CLASS(row)->pages *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static void get_class_code(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_rows[CLASS(row)->kind].code);
}

static void get_class_what(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_what(CLASS(row)->kind,
					   &CLASS(row)->claim));
}

static const struct ofl_column class_columns[] = {
	{ "OWNER", "owner", 14, false, 0, get_class_owner,
	  OFL_JSON_STRING_OR_NULL,
	  "driver that holds the pages, see offowner; orphan: no "
	  "driver" },
	{ "DEVICE", "device", 8, false, 0, get_class_device,
	  OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ NULL, "refcount", 8, true, 0, get_class_ref, OFL_JSON_STRING,
	  "reference count: <0, 0, 1 or >1" },
	{ "OUTCOME", "outcome", 10, false, 0, get_class_outcome, OFL_JSON_STRING,
	  "what becomes of the pages when their memory block is "
	  "offlined" },
	{ "PAGES", "pages", 8, true, 0, get_class_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "SIZE", NULL, 6, true, 0, get_class_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ NULL, "code", 16, false, 0, get_class_code, OFL_JSON_STRING,
	  "row of the rule in docs/kernels.md" },
	{ "REASON", "reason", 20, false, 0, get_class_what, OFL_JSON_STRING,
	  "the same in words, for people" },
};

const struct ofl_table ofl_class_table = {
	"classes", false,
	"PageOffline pages of online sections, by owner, reference "
	"count and outcome",
	class_columns,
	OFL_COUNT(class_columns),
};

/* ---- one row a finding ---- */

#define FINDING(row) ((const struct ofl_finding *)(row))

static void get_severity(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_severity_text(FINDING(row)->severity));
}

static void get_pfn(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!FINDING(row)->pages)
		return;
	*ret = ofl_cell_span(FINDING(row)->start_pfn, FINDING(row)->start_pfn +
			     FINDING(row)->pages - 1);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (FINDING(row)->pages)
		*ret = ofl_cell_hex(FINDING(row)->start_pfn);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (FINDING(row)->pages)
		*ret = ofl_cell_int((int64_t)FINDING(row)->pages);
}

static void get_kva(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!FINDING(row)->about_pages)
		return;
	*ret = ofl_cell_kva(FINDING(row)->page_kva);
}

static void get_refcount(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (FINDING(row)->about_pages)
		*ret = ofl_cell_int(FINDING(row)->refcount);
}

static void get_flags(const void *row, const void *ctx, struct ofl_cell *ret)
{
	ret->kind = OFL_CELL_LIST;
	if (FINDING(row)->about_pages)
		ofl_pageflags_text(ctx, FINDING(row)->flags, ret->text,
				   sizeof(ret->text));
}

static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (FINDING(row)->about_pages || FINDING(row)->claim.owner)
		*ret = ofl_cell_text(ofl_owner_name(&FINDING(row)->claim));
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (FINDING(row)->device && FINDING(row)->device[0])
		*ret = ofl_cell_text(FINDING(row)->device);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(FINDING(row)->code);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(FINDING(row)->what);
}

const char *ofl_finding_next(const struct ofl_finding *f)
{
	return f->next;
}

static void get_next(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const char *next = ofl_finding_next(FINDING(row));

	(void)ctx;
	if (next)
		*ret = ofl_cell_text(next);
}

static const struct ofl_column finding_columns[] = {
	{ "SEVERITY", "severity", 8, false, 0, get_severity, OFL_JSON_STRING,
	  "error: the kernel takes it for impossible; warning: it "
	  "will block or leak; info: something explains it" },
	{ "PFN", NULL, 17, false, 0, get_pfn, OFL_JSON_NONE,
	  "first and last page frame number" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER_OR_NULL,
	  "first page frame number; none: the finding is not about "
	  "pages" },
	{ "PAGES", "pages", 6, true, 0, get_pages, OFL_JSON_NUMBER_OR_NULL,
	  "number of pages; none: the finding is not about pages" },
	{ "PAGE", "page_kva", 18, false, 0, get_kva, OFL_JSON_HEX_OR_NULL,
	  "address of the first struct page; none: the finding is "
	  "about a driver's records" },
	{ "REFCOUNT", "refcount", 8, true, 0, get_refcount,
	  OFL_JSON_NUMBER_OR_NULL,
	  "reference count of the first page" },
	{ "FLAGS", "flags", 14, false, 0, get_flags, OFL_JSON_STRINGS,
	  "flags of the first page" },
	{ "OWNER", "owner", 14, false, 0, get_owner, OFL_JSON_STRING_OR_NULL,
	  "driver, or orphan" },
	{ "DEVICE", "device", 8, false, 0, get_device, OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ "CODE", "code", 16, false, 0, get_code, OFL_JSON_STRING,
	  "what is wrong, a word that does not change" },
	{ NULL, "next", 0, false, 0, get_next, OFL_JSON_STRING_OR_NULL,
	  "what a person can do, in one sentence" },
	{ "REASON", "reason", 20, false, 0, get_reason, OFL_JSON_STRING,
	  "the same in words, for people" },
};

const struct ofl_table ofl_finding_table = {
	"findings", false,
	"what is wrong: of pages, ascending, then of drivers' "
	"records",
	finding_columns,
	OFL_COUNT(finding_columns),
};

/* ---- one row a kind of findings ---- */

#define OF_KIND(row) ((const struct ofl_finding_class *)(row))

static void get_kind_severity(const void *row, const void *ctx,
			      struct ofl_cell *ret)
{
	get_severity(&OF_KIND(row)->first, ctx, ret);
}

static void get_kind_code(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	get_code(&OF_KIND(row)->first, ctx, ret);
}

static void get_kind_ranges(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)OF_KIND(row)->ranges);
}

static void get_kind_pages(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	if (OF_KIND(row)->pages)
		*ret = ofl_cell_int((int64_t)OF_KIND(row)->pages);
}

static void get_kind_size(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	if (OF_KIND(row)->pages)
		*ret = ofl_cell_size(OF_KIND(row)->pages *
				((const struct ofl_layout *)ctx)->page_bytes);
}

static void get_kind_first(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	get_start(&OF_KIND(row)->first, ctx, ret);
}

/* "virtio_mem virtio1: ..." */
static void get_kind_reason(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	const struct ofl_finding *f = &OF_KIND(row)->first;
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (f->claim.owner)
		ofl_text_add(&text, "%s%s%s: ", f->claim.owner->name,
			     f->device && f->device[0] ? " " : "",
			     f->device ? f->device : "");
	ofl_text_add(&text, "%s", f->what);
}

static const struct ofl_column kind_columns[] = {
	{ "SEVERITY", NULL, 8, false, 0, get_kind_severity, OFL_JSON_NONE,
	  "error: the kernel takes it for impossible; warning: it will block "
	  "or leak; info: something explains it" },
	{ "CODE", NULL, 12, false, 0, get_kind_code, OFL_JSON_NONE,
	  "what is wrong, a word that does not change" },
	{ "RANGES", NULL, 6, true, 0, get_kind_ranges, OFL_JSON_NONE,
	  "number of such findings; -a lists them" },
	{ "PAGES", NULL, 6, true, 0, get_kind_pages, OFL_JSON_NONE,
	  "number of pages in all of them; none: they are not about pages" },
	{ "SIZE", NULL, 6, true, 0, get_kind_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "FIRST", NULL, 8, false, 0, get_kind_first, OFL_JSON_NONE,
	  "first page frame number" },
	{ "REASON", NULL, 20, false, 0, get_kind_reason, OFL_JSON_NONE,
	  "the first of them in words, with owner and device" },
};

const struct ofl_table ofl_finding_class_table = {
	NULL, false, "findings by kind and device, the worst first",
	kind_columns, OFL_COUNT(kind_columns),
};
