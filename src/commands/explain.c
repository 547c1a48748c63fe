// SPDX-License-Identifier: GPL-2.0-or-later
/* explain.c - one memory block in full: steps, kinds of pages, notifiers */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/tables.h"
#include "commands/command.h"
#include "commands/explain.h"
#include "target/count.h"
#include "target/text.h"

/** struct step_row - a step of offline_pages() for this block */
struct step_row {
	enum ofl_step step;
	enum ofl_outcome outcome;
	char detail[200];
};

#define STEP(row) ((const struct step_row *)(row))

static void get_step(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_step_rows[STEP(row)->step].text);
}

static void get_finding(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[STEP(row)->outcome].step);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (STEP(row)->detail[0])
		*ret = ofl_cell_text(STEP(row)->detail);
}

static const struct ofl_column step_columns[] = {
	{ "STEP", "step", 13, false, 0, get_step, OFL_JSON_STRING,
	  "step of offline_pages(), in the kernel's order" },
	{ "OUTCOME", "outcome", 9, false, 0, get_finding, OFL_JSON_STRING,
	  "what the step comes to: passes, driver, migrate, retries, "
	  "spins, unknown, blocked, or not reached" },
	{ "DETAIL", "detail", 20, false, 0, get_detail, OFL_JSON_STRING_OR_NULL,
	  "how many pages of which kinds, or why; none: it is not reached" },
};

const struct ofl_table ofl_step_table = {
	"steps", false,
	"if one block is explained: the steps of offlining it",
	step_columns,
	OFL_COUNT(step_columns),
};

/** struct kind_row - the pages of one kind in this block */
struct kind_row {
	enum ofl_kind kind;
	const struct ofl_tally *t;
	const char *device;
	enum ofl_outcome outcome;
	enum ofl_step step;
};

#define KIND(row) ((const struct kind_row *)(row))

static void get_kind_pages(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)KIND(row)->t->pages);
}

static void get_kind_code(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_rows[KIND(row)->kind].code);
}

static void get_kind_outcome(const void *row, const void *ctx,
			     struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[KIND(row)->outcome].page);
}

static void get_kind_step(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_step_rows[KIND(row)->step].text);
}

static void get_kind_pfns(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	const struct ofl_tally *t = KIND(row)->t;
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	char flags[256], *at;
	uint64_t i;

	ret->kind = OFL_CELL_TEXT;	/* with blanks, so that it wraps */
	for (i = 0; i < t->pages && i < OFL_FIRST_PFNS; i++)
		ofl_text_item(&text, " ", "0x%" PRIx64, t->pfn[i]);
	if (t->unread)
		return;
	ofl_pageflags_text(ctx, t->flags, flags, sizeof(flags));
	for (at = flags; *at; at++)
		if (*at == ',')
			*at = ' ';
	ofl_text_add(&text, "; %s", flags);
}

static void get_kind_first(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(KIND(row)->t->pfn[0]);
}

static void get_kind_kva(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_kva(KIND(row)->t->page_kva);
}

static void get_kind_refcount(const void *row, const void *ctx,
			      struct ofl_cell *ret)
{
	(void)ctx;
	if (!KIND(row)->t->unread)
		*ret = ofl_cell_int(KIND(row)->t->refcount);
}

static void get_kind_flags(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	if (KIND(row)->t->unread)
		return;
	ret->kind = OFL_CELL_LIST;
	ofl_pageflags_text(ctx, KIND(row)->t->flags, ret->text,
			   sizeof(ret->text));
}

static void get_kind_owner(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	if (ofl_rule_rows[KIND(row)->kind].offline || KIND(row)->t->claim.owner)
		*ret = ofl_cell_text(ofl_owner_name(&KIND(row)->t->claim));
}

static void get_kind_device(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	if (KIND(row)->device[0])
		*ret = ofl_cell_text(KIND(row)->device);
}

static void get_kind_what(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_what(KIND(row)->kind,
					   &KIND(row)->t->claim));
}

static void get_kind_size(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	*ret = ofl_cell_size(KIND(row)->t->pages *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

/* "virtio_mem virtio1: unplugged by ..." */
static void get_kind_said(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	const struct ofl_claim *claim = &KIND(row)->t->claim;
	const char *device = KIND(row)->device;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (ofl_rule_rows[KIND(row)->kind].offline || claim->owner)
		ofl_text_add(&text, "%s%s%s: ", ofl_owner_name(claim),
			     device[0] ? " " : "", device);
	ofl_text_add(&text, "%s", ofl_rule_what(KIND(row)->kind, claim));
}

static const struct ofl_column kind_columns[] = {
	{ "OUTCOME", "outcome", 10, false, 0, get_kind_outcome, OFL_JSON_STRING,
	  "what becomes of the pages, as offcheck has it" },
	{ "PAGES", "pages", 6, true, 0, get_kind_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "SIZE", NULL, 6, true, 0, get_kind_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "CODE", "code", 16, false, 0, get_kind_code, OFL_JSON_STRING,
	  "row of the rule in docs/kernels.md" },
	{ NULL, "step", 13, false, 0, get_kind_step, OFL_JSON_STRING,
	  "step that these pages decide" },
	{ NULL, "first_pfn", 0, false, 0, get_kind_first, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "page_kva", 18, false, 0, get_kind_kva, OFL_JSON_HEX,
	  "address of the first struct page" },
	{ NULL, "refcount", 8, true, 0, get_kind_refcount,
	  OFL_JSON_NUMBER_OR_NULL,
	  "reference count of the first page; none: it cannot be read" },
	{ NULL, "flags", 14, false, 0, get_kind_flags,
	  OFL_JSON_STRINGS_OR_NULL,
	  "flags of the first page; none: it cannot be read" },
	{ NULL, "owner", 14, false, 0, get_kind_owner,
	  OFL_JSON_STRING_OR_NULL,
	  "driver that holds the first page, if the page is "
	  "PageOffline" },
	{ NULL, "device", 8, false, 0, get_kind_device,
	  OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ NULL, "reason", 20, false, 0, get_kind_what, OFL_JSON_STRING,
	  "the same in words, for people" },
	{ "REASON", NULL, 20, false, 0, get_kind_said, OFL_JSON_NONE,
	  "the same in words, with owner and device" },
};

const struct ofl_table ofl_kind_table = {
	"blockers", false,
	"if one block is explained: the kinds of its pages that are "
	"not free, the worst first",
	kind_columns,
	OFL_COUNT(kind_columns),
};

/* more about the first page of each kind: a table of its own, to be narrow */
static const struct ofl_column first_columns[] = {
	{ "CODE", NULL, 16, false, 0, get_kind_code, OFL_JSON_NONE,
	  "row of the rule in docs/kernels.md" },
	{ "REFCOUNT", NULL, 8, true, 0, get_kind_refcount, OFL_JSON_NONE,
	  "reference count of the first page of this kind" },
	{ "PAGE", NULL, 18, false, 0, get_kind_kva, OFL_JSON_NONE,
	  "address of its struct page" },
	{ "FIRST PFNS; FLAGS", NULL, 20, false, 0, get_kind_pfns, OFL_JSON_NONE,
	  "page frame numbers of the first ones; flags of the first one" },
};

const struct ofl_table ofl_first_table = {
	NULL, false, "if one block is explained: the first pages of each kind",
	first_columns,
	OFL_COUNT(first_columns),
};

/** struct callback_row - table of the callbacks that are asked */
static void get_cb_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_callback *cb = row;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (cb->name[0])
		snprintf(ret->text, sizeof(ret->text), "%s", cb->name);
	else
		snprintf(ret->text, sizeof(ret->text), "0x%" PRIx64,
			 cb->call_kva);
}

static void get_cb_veto(const void *row, const void *ctx, struct ofl_cell *ret)
{
	static const char *const text[] = {
		[OFL_VETO_NEVER] = "no",
		[OFL_VETO_OWNER] = "simulated",
		[OFL_VETO_BOOT_MEMORY] = "boot-memory",
		[OFL_VETO_SPLIT] = "possible",
		[OFL_VETO_BELOW] = "low-memory",
		[OFL_VETO_AREAS] = "areas",
		[OFL_VETO_LAST_OF_NODE] = "last-memory",
		[OFL_VETO_SOMETIMES] = "possible",
		[OFL_VETO_UNKNOWN] = "possible",
	};

	(void)ctx;
	*ret = ofl_cell_text(text[((const struct ofl_callback *)row)->veto]);
}

static void get_cb_what(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_callback *)row)->what);
}

static const struct ofl_column callback_columns[] = {
	{ "NOTIFIER", "notifier", 30, false, 0, get_cb_name, OFL_JSON_STRING,
	  "callback that the kernel asks first: of memory_chain, and of node_chain for a node's last memory" },
	{ "VETO", "veto", 9, false, 0, get_cb_veto, OFL_JSON_STRING,
	  "whether it may refuse: no, simulated, boot-memory, "
	  "low-memory, areas (of CMA), last-memory (a node's) or possible (not known, or for reasons that are not looked "
	  "at)" },
	{ "DOES", "does", 20, false, 0, get_cb_what, OFL_JSON_STRING,
	  "what it does, for people" },
};

const struct ofl_table ofl_callback_table = {
	"notifiers", false,
	"if one block is explained: the callbacks that are asked",
	callback_columns,
	OFL_COUNT(callback_columns),
};

/* how many pages of which kinds make the step what it is; else why it is so */
static void step_detail(const struct ofl_env *env,
			const struct ofl_block_report *r, struct step_row *row)
{
	struct ofl_text text = ofl_text_over(row->detail, sizeof(row->detail));
	int i;

	for (i = 0; i < OFL_NR_KINDS; i++) {
		enum ofl_kind k = (enum ofl_kind)i;

		if (r->kind[k].pages &&
		    ofl_report_step(env, r, k) == row->step &&
		    !ofl_outcome_rows[ofl_report_outcome(env, r, k)].passes)
			ofl_text_item(&text, ", ", "%" PRIu64 " %s",
				      r->kind[k].pages, ofl_rule_rows[k].code);
	}
	if (text.used && row->outcome == OFL_OUT_RETRIES &&
	    r->why[row->step][0])
		ofl_text_add(&text, "; %s", r->why[row->step]);
	if (text.used || row->outcome == OFL_OUT_NOT_REACHED)
		return;
	if (r->why[row->step][0])
		ofl_text_add(&text, "%s", r->why[row->step]);
	else if (ofl_outcome_rows[row->outcome].passes)
		ofl_text_add(&text, "%s", ofl_step_rows[row->step].passes);
}

static void show_steps(struct ofl_view *v, const struct ofl_env *env,
		       const struct ofl_block_report *r)
{
	const enum ofl_step *order = ofl_step_order(env->l);
	struct step_row row;
	int i;

	ofl_view_table(v, &ofl_step_table, NULL);
	for (i = 0; i < OFL_NR_STEPS; i++) {
		row.step = order[i];
		row.outcome = r->step[order[i]];
		step_detail(env, r, &row);
		if (ofl_view_row(v, &row, env->l))
			break;
	}
	ofl_view_table_end(v);
}

static void show_kinds(struct ofl_view *v, const struct ofl_table *table,
		       const struct ofl_env *env,
		       const struct ofl_block_report *r)
{
	unsigned int rank = OFL_NR_OUTCOMES;
	struct kind_row row;
	int k;

	ofl_view_table(v, table, NULL);
	/* the worst first, what decides before all; free pages get no line */
	while (rank--)
		for (k = 0; k < 2 * OFL_NR_KINDS; k++) {
			row.kind = (enum ofl_kind)(k % OFL_NR_KINDS);
			row.t = &r->kind[row.kind];
			row.device = ofl_owner_device(env->owners,
						      &row.t->claim);
			row.outcome = ofl_report_outcome(env, r, row.kind);
			row.step = ofl_report_step(env, r, row.kind);
			if (row.t->pages && row.outcome != OFL_OUT_OFFLINABLE &&
			    (k < OFL_NR_KINDS) == (row.step == r->decided_at) &&
			    ofl_outcome_rows[row.outcome].rank == rank)
				ofl_view_row(v, &row, env->l);
		}
	ofl_view_table_end(v);
}

/* a callback without a name may lie in a device of a driver that we know */
static struct ofl_callback callback(const struct ofl_env *env,
				    const struct ofl_callback *found)
{
	struct ofl_callback cb = *found;

	if (cb.veto == OFL_VETO_UNKNOWN && env->owners &&
	    ofl_owners_called(env->owners, cb.nb_kva)) {
		cb.veto = OFL_VETO_OWNER;
		cb.what = "in a device of a known driver: simulated page by page";
	}
	return cb;
}

static void show_chain(struct ofl_view *v, const struct ofl_env *env,
		       const struct ofl_chain *chain, bool all)
{
	struct ofl_callback cb;
	size_t i;

	for (i = 0; chain && i < chain->nr; i++) {
		cb = callback(env, &chain->callback[i]);
		if ((all || cb.veto != OFL_VETO_NEVER) &&
		    ofl_view_row(v, &cb, NULL))
			break;
	}
}

/* callbacks that let this block pass are of no use to anybody */
static void show_notifiers(struct ofl_view *v, const struct ofl_env *env,
			   const struct ofl_block_report *r, bool all)
{
	if (!all && ofl_outcome_rows[r->step[OFL_STEP_NOTIFY]].passes)
		return;
	ofl_view_table(v, &ofl_callback_table, NULL);
	show_chain(v, env, env->chain, all);
	show_chain(v, env, env->node_chain, all);
	ofl_view_table_end(v);
}

/* ---- for people, before all tables ---- */

static const char *const sentences[OFL_NR_OUTCOMES] = {
	[OFL_OUT_OFFLINABLE] = "it can be offlined, every page is free or left out",
	[OFL_OUT_SKIPPED] = "it can be offlined, every page is free or left out",
	[OFL_OUT_DRIVER] = "it can be offlined, its driver lets go",
	[OFL_OUT_MIGRATE] = "it can be offlined if its pages are migrated",
	[OFL_OUT_RETRIES] = "offlining tries again until something lets go",
	[OFL_OUT_SPINS] = "offlining goes on until it is killed",
	[OFL_OUT_BLOCKED] = "offlining fails",
	[OFL_OUT_OFFLINE] = "",		/* its reason says it */
	[OFL_OUT_UNKNOWN] = "whether it can be offlined is not known",
};

/* the reason of a block that is blocked begins with the kernel's words for it */
static void add_reason(struct ofl_text *text, const struct ofl_block_report *r)
{
	const char *words = ofl_step_rows[r->decided_at].reason;
	size_t len = strlen(words);
	const char *reason = r->reason;

	ofl_text_add(text, "%s", sentences[r->verdict]);
	if (r->verdict == OFL_OUT_BLOCKED && !strncmp(reason, words, len) &&
	    !strncmp(reason + len, ": ", 2)) {
		ofl_text_add(text, " with \"%s\"", words);
		reason += len + 2;
	}
	ofl_text_add(text, "%s%s", reason[0] && sentences[r->verdict][0] ?
		     ": " : "", reason);
}

static void show_sentence(struct ofl_view *v, const struct ofl_env *env,
			  const struct ofl_block_report *r, const char *next)
{
	uint64_t start = r->start_pfn * env->l->page_bytes;
	uint64_t bytes = env->l->sections_per_block * env->l->section_pages *
			 env->l->page_bytes;
	char line[600], size[24];
	struct ofl_text text = ofl_text_over(line, sizeof(line));

	ofl_size_text(bytes, size, sizeof(size));
	ofl_text_add(&text, "memory%" PRIu64 " is %s: ", r->block->nr,
		     ofl_outcome_rows[r->verdict].block);
	add_reason(&text, r);
	ofl_view_sentence(v, NULL, line);
	ofl_view_sentence(v, "NEXT:", next);
	text = ofl_text_over(line, sizeof(line));
	ofl_text_add(&text, "%s, 0x%" PRIx64 "-0x%" PRIx64 ", node %d, zone %s, "
		     "%s, %" PRIu64 " PageOffline page%s", size, start,
		     start + bytes - 1, r->node,
		     ofl_report_zone(r) ? ofl_report_zone(r)->name : "-",
		     r->block->lost ? "state not known" :
		     ofl_block_state_text(r->block->state), r->offline,
		     ofl_plural(r->offline));
	ofl_view_sentence(v, "BLOCK:", line);
}

/* its pages are not looked at, whatever they are */
static bool is_of_the_block(const struct ofl_block_report *r)
{
	return r->verdict == OFL_OUT_BLOCKED && r->decider == OFL_NR_KINDS &&
	       (r->decided_at == OFL_STEP_ZONE ||
		r->decided_at == OFL_STEP_HOLES);
}

void ofl_explain_block(struct ofl_view *v, const struct ofl_env *env,
		       const struct ofl_block_report *r, const char *next,
		       const struct ofl_holder_rows *rows, bool all)
{
	char line[80];

	show_sentence(v, env, r, next);
	/* there is nothing to do that has steps, and nobody is asked */
	if (r->verdict == OFL_OUT_OFFLINE && !v->json)
		return;
	show_steps(v, env, r);
	if (!all && !v->json && is_of_the_block(r)) {
		ofl_text_put(line, sizeof(line), "offblock -v memory%" PRIu64
			     " has its pages, and who holds them", r->block->nr);
		ofl_view_sentence(v, "MORE:", line);
		return;
	}
	show_kinds(v, &ofl_kind_table, env, r);
	if (!v->json)
		show_kinds(v, &ofl_first_table, env, r);
	ofl_holder_rows_show(v, rows);
	show_notifiers(v, env, r, all || v->json);
}
