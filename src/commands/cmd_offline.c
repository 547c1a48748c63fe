// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offline.c - what is offline here: one screen */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/block.h"
#include "commands/added.h"
#include "commands/tables.h"
#include "commands/command.h"
#include "judge/classify.h"
#include "scan/workers.h"
#include "session/identify.h"
#include "target/count.h"
#include "target/text.h"

/** struct zone_row - a row of the table of zones */
struct zone_row {
	const struct ofl_zone *zone;
	const struct ofl_count *count;
};

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(((const struct zone_row *)row)->zone->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct zone_row *)row)->zone->name);
}

static void get_scanned(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(
		(int64_t)((const struct zone_row *)row)->count->scanned);
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(
		(int64_t)((const struct zone_row *)row)->count->offline);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(((const struct zone_row *)row)->count->offline *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static const struct ofl_column zone_columns[] = {
	{ "NODE", "node", 4, true, 0, get_node, OFL_JSON_NUMBER,
	  "NUMA node" },
	{ "ZONE", "zone", 7, false, 0, get_zone, OFL_JSON_STRING,
	  "zone, by name" },
	{ "SCANNED", "scanned", 9, true, 0, get_scanned, OFL_JSON_NUMBER,
	  "pages that were looked at" },
	{ "OFFPAGES", "offline", 9, true, 0, get_offline, OFL_JSON_NUMBER,
	  "those of them that are PageOffline" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of the PageOffline pages" },
};

const struct ofl_table ofl_zone_table = {
	"zones", false,
	"zones with pages that were looked at, by node and zone "
	"type",
	zone_columns,
	OFL_COUNT(zone_columns),
};

/** struct fact_row - a row of the table of facts */
struct fact_row {
	const char *name;
	const struct ofl_fact *fact;
	bool hex;
};

static void get_fact_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct fact_row *)row)->name);
}

static void get_fact_value(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	const struct fact_row *r = row;

	(void)ctx;
	if (!r->fact->known)
		return;
	*ret = r->hex ? ofl_cell_kva((uint64_t)r->fact->value) :
			ofl_cell_int(r->fact->value);
}

static void get_fact_source(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	const struct fact_row *r = row;

	(void)ctx;
	*ret = ofl_cell_text(r->fact->known ? r->fact->source :
					      "not in this kernel");
}

static const struct ofl_column fact_columns[] = {
	{ "FACT", "fact", 32, false, 0, get_fact_name, OFL_JSON_STRING,
	  "name of the fact, as docs/kernels.md lists them" },
	{ "VALUE", "value", 18, true, 0, get_fact_value,
	  OFL_JSON_NUMBER_OR_HEX,
	  "its value, an address or a mask in hexadecimal; none if this kernel "
	  "lacks it" },
	{ "SOURCE", "source", 40, false, 0, get_fact_source, OFL_JSON_STRING,
	  "the witness that says so" },
};

const struct ofl_table ofl_fact_table = {
	"facts", true,
	"what is assumed about the kernel, and according to what",
	fact_columns,
	OFL_COUNT(fact_columns),
};

static void show_sizes(struct ofl_view *v, const struct ofl_layout *l)
{
	uint64_t section = l->section_pages * l->page_bytes;
	uint64_t block = section * l->sections_per_block;

	ofl_view_number(v, "section_size", section);
	if (block) {
		ofl_view_words(v, "SIZES", "page %" PRIu64 " KiB, section %" PRIu64
			       " MiB, memory block %" PRIu64 " MiB",
			       l->page_bytes >> 10, section >> 20, block >> 20);
		ofl_view_number(v, "block_size", block);
		return;
	}
	ofl_view_words(v, "SIZES", "page %" PRIu64 " KiB, section %" PRIu64
		       " MiB, no memory blocks (CONFIG_MEMORY_HOTPLUG is not set)",
		       l->page_bytes >> 10, section >> 20);
}

static void show_recognition(struct ofl_view *v, const struct ofl_layout *l)
{
	struct ofl_cell source = ofl_cell_text(l->offline_source);

	ofl_view_words(v, "PAGEOFFLINE", "(page_type & 0x%08x) == 0x%08x",
		       l->offline.mask, l->offline.value);
	ofl_view_words(v, "ACCORDING TO", "%s", l->offline_source);
	ofl_view_object(v, "recognition");
	ofl_view_number(v, "mask", l->offline.mask);
	ofl_view_number(v, "value", l->offline.value);
	ofl_view_field(v, "source", NULL, &source);
	ofl_view_object_end(v);
}

static void show_sections(struct ofl_view *v, const struct ofl_section_stats *s)
{
	ofl_view_words(v, "SECTIONS", "%" PRIu64 " online, %" PRIu64 " not online",
		       s->online, s->not_online);
	ofl_view_object(v, "sections");
	ofl_view_number(v, "online", s->online);
	ofl_view_number(v, "not_online", s->not_online);
	ofl_view_number(v, "unreadable", s->unreadable);
	ofl_view_number(v, "corrupt", s->corrupt);
	ofl_view_object_end(v);
}

static const char *size_of(const struct ofl_layout *l, uint64_t pages,
			   char *buf, size_t bytes)
{
	ofl_size_text(pages * l->page_bytes, buf, bytes);
	return buf;
}

/* ---- what keeps the balance from being all: each only if there is something ---- */

/* "16 memory blocks: 14 online, 2 offline" */
static void say_blocks(struct ofl_view *v, const struct ofl_block_totals *b)
{
	static const struct {
		enum ofl_block_state state;
		const char *text;
	} states[] = {
		{ OFL_BLOCK_ONLINE, "online" },
		{ OFL_BLOCK_OFFLINE, "offline" },
		{ OFL_BLOCK_GOING_OFFLINE, "going offline" },
		{ OFL_BLOCK_OTHER, "in other states" },
	};
	char buf[200];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < OFL_COUNT(states); i++) {
		nr += b->state[states[i].state];
		if (b->state[states[i].state])
			ofl_text_item(&text, ", ", "%" PRIu64 " %s",
				      b->state[states[i].state],
				      states[i].text);
	}
	if (b->lost)
		ofl_text_add(&text, "; %" PRIu64 " more cannot be read",
			     b->lost);
	ofl_view_words(v, "BLOCKS", "%" PRIu64 " memory block%s%s%s", nr, ofl_plural(nr),
		       text.used && buf[0] != ';' ? ": " : "", buf);
}

/* @all: in  also if every block is online, as usual */
static void show_blocks(struct ofl_view *v, const struct ofl_block_totals *b,
			bool all)
{
	int i;

	if (!b->known) {
		ofl_view_words(v, "BLOCKS", "their states are not known: there is no index memory_blocks, and no device on the bus \"memory\"");
		return;
	}
	for (i = 0; i < OFL_NR_BLOCK_STATES; i++)
		all |= i != OFL_BLOCK_ONLINE && b->state[i];
	if (all || b->lost)
		say_blocks(v, b);
	ofl_view_object(v, "memory_blocks");
	ofl_view_number(v, "online", b->state[OFL_BLOCK_ONLINE]);
	ofl_view_number(v, "offline", b->state[OFL_BLOCK_OFFLINE]);
	ofl_view_number(v, "going_offline", b->state[OFL_BLOCK_GOING_OFFLINE]);
	ofl_view_number(v, "other", b->state[OFL_BLOCK_OTHER]);
	ofl_view_number(v, "unreadable", b->lost);
	ofl_view_object_end(v);
}

static void show_unknown(struct ofl_view *v, const struct ofl_scan_result *r)
{
	char buf[200];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));
	int i;

	for (i = OFL_UNKNOWN_NOT + 1; i < OFL_NR_UNKNOWN; i++)
		if (r->unknown[i])
			ofl_text_item(&text, ", ", "%" PRIu64 " %s (first 0x%"
				      PRIx64 ")", r->unknown[i],
				      ofl_unknown_text((enum ofl_unknown)i),
				      r->unknown_pfn[i]);
	if (r->total.unknown)
		ofl_view_words(v, "UNKNOWN", "nothing is known of %" PRIu64 " page%s: %s",
			       r->total.unknown, ofl_plural(r->total.unknown), buf);
}

static void show_stale(struct ofl_view *v, const struct ofl_scan_result *r,
		       bool all)
{
	ofl_view_number(v, "holes", r->no_zone);
	ofl_view_number(v, "device_pages", r->device);
	ofl_view_number(v, "stale_unread", r->stale_unread);
	if (r->stale)
		ofl_view_words(v, "STALE", "%" PRIu64 " page%s of sections that are not online still %s the mark, not counted below",
			       r->stale, ofl_plural(r->stale),
			       r->stale == 1 ? "has" : "have");
	if (r->stale_unread)
		ofl_view_words(v, "NOTE", "%" PRIu64 " page%s of sections that are not online cannot be read, first 0x%"
			       PRIx64, r->stale_unread, ofl_plural(r->stale_unread),
			       r->stale_unread_pfn);
	if (r->no_zone && all)
		ofl_view_words(v, "HOLES", "%" PRIu64 " page%s of holes %s in no zone, not counted below",
			       r->no_zone, ofl_plural(r->no_zone),
			       r->no_zone == 1 ? "is" : "are");
	if (r->device)
		ofl_view_words(v, "DEVICE", "%" PRIu64 " ZONE_DEVICE page%s %s not looked at",
			       r->device, ofl_plural(r->device),
			       r->device == 1 ? "was" : "were");
}

/*
 * crash's MEMORY is the sum of node_present_pages. Without -v a difference that
 * crash's own rounding would hide is not worth a line.
 */
static void show_present(struct ofl_view *v, const struct ofl_run_ctx *ctx,
			 const struct ofl_scan_result *r)
{
	const struct ofl_layout *l = &ctx->s->layout;
	uint64_t pages, scanned = r->total.scanned, other;
	char size[2][24];

	if (ctx->filter.any || r->interrupted || !ofl_nodes_present(&ctx->s->nodes, &pages))
		return;
	ofl_view_number(v, "node_present_pages", pages);
	other = pages > scanned ? pages - scanned : scanned - pages;
	if (other && (ctx->o->verbose || other >= scanned / 1000))
		ofl_view_words(v, "NODES", "crash says MEMORY: %s, the sum of present_pages; that is %s %s",
			       size_of(l, pages, size[0], sizeof(size[0])),
			       size_of(l, other, size[1], sizeof(size[1])),
			       pages > scanned ? "more" : "less, because holes have struct pages, too");
}

static void show_notes(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		       const struct ofl_scan_result *r)
{
	bool all = ctx->o->verbose;

	if (ctx->s->t->live)
		ofl_view_words(v, "NOTE", "the system is live: pages change while they are read");
	if (ctx->s->layout.marks_balloon_core_only)
		ofl_view_words(v, "NOTE", "if this kernel is older than 5.1, only balloon-core drivers mark their pages: those of Hyper-V, Xen and VMware are not found");
	show_present(v, ctx, r);
	show_blocks(v, &r->blocks, all);
	ofl_show_added(v, ctx, &r->blocks);
	show_unknown(v, r);
	show_stale(v, r, all);
}

/* ---- what is known of the kernel, and how ---- */

static void show_kernel(struct ofl_view *v, const struct ofl_run_ctx *ctx,
			const struct ofl_scan_result *r)
{
	const struct ofl_target *t = ctx->s->t;

	ofl_view_words(v, "KERNEL", "%s %s", t->release, t->machine);
	show_sizes(v, &ctx->s->layout);
	show_recognition(v, &ctx->s->layout);
	show_sections(v, &r->sections);
}

/*
 * Not a word of how many pages were compared: the number depends on how many
 * processes read, and the same bytes come out for any. Of what was not read,
 * nothing was compared.
 */
static void show_reader(struct ofl_view *v, const struct ofl_target *t,
			const struct ofl_scan_result *r)
{
	struct ofl_reading reading;

	ofl_reading(t, &reading);
	if (reading.why_host && reading.why_host[0])
		ofl_view_words(v, "READER", "crash: %s", reading.why_host);
	else if (!reading.why_host && r->memmap_pages)
		ofl_view_words(v, "READER", "offline.so itself; what crash reads of one page in 128 was the same");
	else if (!reading.why_host)
		ofl_view_words(v, "READER", "none: no page of the memmap had to be read");
	if (reading.asked)
		ofl_view_words(v, "GDB", "asked about types %" PRIu64 " time%s",
			       reading.asked, ofl_plural(reading.asked));
}

static void show_effort(struct ofl_view *v, const struct ofl_target *t,
			const struct ofl_scan_result *r)
{
	const char *why_one = ofl_workers_why_one(t);

	ofl_view_words(v, "MEMMAP", "%" PRIu64 " page%s of it %s read, the rest was passed over",
		       r->memmap_pages, ofl_plural(r->memmap_pages),
		       r->memmap_pages == 1 ? "was" : "were");
	show_reader(v, t, r);
	if (r->sections_recalled)
		ofl_view_words(v, "KEPT", "%" PRIu64 " section%s known from an earlier command, and not read again",
			       r->sections_recalled, r->sections_recalled == 1 ? " is" : "s are");
	if (why_one)
		ofl_view_words(v, "WORKERS", "one, whatever -w says: %s", why_one);
}

/** struct owner_row - a row of the table of owners: a device, orphans, or unknown */
struct owner_row {
	const char *name;
	const struct ofl_owner_ops *owner;	/* NULL: the two without */
	unsigned int device;
	const char *device_name;		/* kept by struct ofl_owners */
	uint64_t pages, of;	/* of all that are present */
	uint64_t outcome[OFL_NR_OUTCOMES];
};

/** struct owners - pages by owner and device */
struct owners {
	struct ofl_identifier id;
	bool classifies;
	struct ofl_classifier classifier;	/* if it does */
	struct owner_row *row;			/* owned */
	size_t nr, max;
	bool lost;				/* no memory for some */
};

static struct owner_row *row_of(struct owners *o, const char *name,
				const struct ofl_claim *claim)
{
	size_t i, max = o->max ? o->max * 2 : 16;
	struct owner_row *more;

	for (i = 0; i < o->nr; i++)
		if (!strcmp(o->row[i].name, name) &&
		    o->row[i].device == claim->device)
			return &o->row[i];
	if (o->nr == o->max) {
		more = realloc(o->row, max * sizeof(*more));
		o->lost |= !more;
		if (!more)
			return NULL;
		o->row = more;
		o->max = max;
	}
	more = &o->row[o->nr++];
	*more = (struct owner_row){ .name = name, .owner = claim->owner,
				    .device = claim->device };
	if (o->id.a)
		more->device_name = ofl_owner_device(&o->id.a->owners, claim);
	return more;
}

/* what becomes of the first, when its block is offlined; -> for how many */
static uint64_t judge_first(struct owners *o, const struct ofl_section *s,
			    const struct ofl_page *p, uint64_t pages,
			    enum ofl_outcome *ret)
{
	struct ofl_classified c;

	*ret = OFL_OUT_UNKNOWN;
	if (!o->id.a)
		return pages;
	if (!o->classifies)
		ofl_classifier_init(&o->classifier, &o->id.a->env,
				    &o->id.a->owners, o->id.a->env.blocks);
	o->classifies = true;
	pages = ofl_classify_run(&o->classifier, s, p, pages, &c);
	*ret = c.outcome;
	return pages;
}

/* whose the first of @pages is; -> for how many of them that holds */
static uint64_t count_first(struct owners *o, const struct ofl_section *s,
			    const struct ofl_page *p, uint64_t pages)
{
	struct ofl_claim claim;
	enum ofl_outcome outcome;
	struct owner_row *row;
	bool known = ofl_identify(&o->id, p, &claim);

	pages = ofl_claim_pages(&claim, p->pfn, pages);
	pages = judge_first(o, s, p, pages, &outcome);
	if (!known || !claim.owner)
		claim.device = 0;
	if (!known)
		claim.owner = NULL;
	row = row_of(o, !known ? "unknown" : ofl_owner_name(&claim), &claim);
	if (row) {
		row->pages += pages;
		row->outcome[outcome] += pages;
	}
	return pages;
}

static enum ofl_status count_owners(void *arg, const struct ofl_section *s,
				    const struct ofl_page *p, uint64_t pages)
{
	uint64_t end = p->pfn + pages;
	struct ofl_page at = *p;

	while (s->online && at.pfn < end)
		at.pfn += count_first(arg, s, &at, end - at.pfn);
	return OFL_OK;
}

/* ---- the balance ---- */

static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct owner_row *)row)->name);
}

static void get_owned(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)((const struct owner_row *)row)->pages);
}

static void get_owned_size(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	*ret = ofl_cell_size(((const struct owner_row *)row)->pages *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

/* in tenths of a percent, cut like a size */
static uint64_t permille(uint64_t pages, uint64_t of)
{
	return of ? pages * 1000 / of : 0;
}

static void get_share(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct owner_row *r = row;
	uint64_t share = permille(r->pages, r->of);

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "%" PRIu64 ".%" PRIu64 "%%",
		 share / 10, share % 10);
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const char *name = ((const struct owner_row *)row)->device_name;

	(void)ctx;
	if (name && name[0])
		*ret = ofl_cell_text(name);
}

/* the worst first */
static void get_when(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	unsigned int rank = OFL_NR_OUTCOMES;
	enum ofl_outcome out;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	while (rank--) {
		out = ofl_outcome_of_rank(rank);
		if (((const struct owner_row *)row)->outcome[out])
			ofl_text_item(&text, ", ", "%s",
				      ofl_outcome_rows[out].page);
	}
}

static const struct ofl_column owner_columns[] = {
	{ "OWNER", NULL, 14, false, 0, get_owner, OFL_JSON_NONE,
	  "driver that holds the pages, see offowner; orphan: no driver; "
	  "unknown: the owner is not known" },
	{ "DEVICE", NULL, 8, false, 0, get_device, OFL_JSON_NONE,
	  "device of that driver" },
	{ "OFFPAGES", NULL, 8, true, 0, get_owned, OFL_JSON_NONE,
	  "PageOffline pages that it holds" },
	{ "SIZE", NULL, 6, true, 0, get_owned_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "SHARE", NULL, 6, true, 0, get_share, OFL_JSON_NONE,
	  "of the memory that is present" },
	{ "WHEN OFFLINED", NULL, 13, false, 0, get_when, OFL_JSON_NONE,
	  "what becomes of them when their memory block is offlined, as "
	  "offcheck says it, the worst first" },
};

const struct ofl_table ofl_balance_table = {
	NULL, false,
	"PageOffline pages by owner",
	owner_columns,
	OFL_COUNT(owner_columns),
};

/* present is what online sections have struct pages for, within the filters */
static void show_balance(struct ofl_view *v, const struct ofl_layout *l,
			 const struct ofl_scan_result *r)
{
	const struct ofl_count *c = &r->total;
	uint64_t share = permille(c->offline, c->scanned);
	uint64_t blocks = r->blocks.state[OFL_BLOCK_OFFLINE];
	char size[4][24], unknown[48] = "", offline[48] = "";

	if (c->unknown)
		snprintf(unknown, sizeof(unknown), " + %s unknown",
			 size_of(l, c->unknown, size[3], sizeof(size[3])));
	if (r->blocks.known)
		snprintf(offline, sizeof(offline), "; %" PRIu64
			 " block%s offline", blocks, ofl_plural(blocks));
	ofl_view_words(v, "MEMORY", "%s %s = %s usable + %s PageOffline (%" PRIu64
		       ".%" PRIu64 "%%)%s%s",
		       size_of(l, c->scanned, size[0], sizeof(size[0])),
		       r->interrupted ? "looked at before ^C" : "present",
		       size_of(l, c->scanned - c->offline - c->unknown, size[1],
			       sizeof(size[1])),
		       size_of(l, c->offline, size[2], sizeof(size[2])), share / 10,
		       share % 10, unknown, offline);
}

/* all rows of one name, in the order of their pages */
static void show_owner(struct ofl_view *v, const struct ofl_layout *l,
		       const struct owners *o, const char *name, uint64_t of)
{
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < o->nr; i++) {
		struct owner_row row = o->row[i];

		if (strcmp(row.name, name))
			continue;
		pages += row.pages;
		row.of = of;
		if (!v->json)
			ofl_view_row(v, &row, l);
	}
	if (pages)
		ofl_view_number(v, name, pages);
}

static void show_owners(struct ofl_view *v, const struct ofl_layout *l,
			const struct owners *o, uint64_t of)
{
	size_t i;

	if (v->json)
		ofl_view_object(v, "owners");
	else
		ofl_view_table(v, &ofl_balance_table, NULL);
	for (i = 0; ofl_owner_table[i]; i++)
		show_owner(v, l, o, ofl_owner_table[i]->name, of);
	show_owner(v, l, o, OFL_ORPHAN, of);
	show_owner(v, l, o, "unknown", of);
	if (v->json)
		ofl_view_object_end(v);
	else
		ofl_view_table_end(v);
}

static void show_zones(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		       const struct ofl_scan_result *r,
		       const struct ofl_columns *shown)
{
	const struct ofl_nodes *n = &ctx->s->nodes;
	size_t i;

	ofl_view_table(v, &ofl_zone_table, shown);
	for (i = 0; i < n->nr_zones; i++) {
		struct zone_row row = { &n->zone[i], &r->zone[i] };

		if (row.count->scanned &&
		    ofl_view_row(v, &row, &ctx->s->layout))
			break;
	}
	ofl_view_table_end(v);
}

/* the late facts are not asked for here: nothing can be said of them */
static void show_facts(struct ofl_view *v, const struct ofl_layout *l)
{
	int i;

	ofl_view_table(v, &ofl_fact_table, NULL);
	for (i = 0; i < OFL_NR_FACTS; i++) {
		struct fact_row row = { ofl_fact_rows[i].name, &l->fact[i],
					ofl_fact_rows[i].hex };

		if (ofl_fact_rows[i].early && ofl_view_row(v, &row, NULL))
			break;
	}
	ofl_view_table_end(v);
}

static enum ofl_status show(struct ofl_run_ctx *ctx,
			    const struct ofl_scan_result *r,
			    const struct owners *owners,
			    const struct ofl_columns *shown,
			    struct ofl_err *err)
{
	const struct ofl_layout *l = &ctx->s->layout;
	enum ofl_result result;
	enum ofl_status st;
	struct ofl_view v;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	ofl_show_begin(&v, ctx);
	show_balance(&v, l, r);
	if (v.json)
		show_kernel(&v, ctx, r);
	show_notes(&v, ctx, r);
	if (!v.raw || !ctx->o->columns)	/* -o is about zones */
		show_owners(&v, l, owners, r->total.scanned);
	show_zones(&v, ctx, r, shown);
	if (!v.json && ctx->o->verbose) {
		show_kernel(&v, ctx, r);
		show_effort(&v, ctx->s->t, r);
	}
	if (v.json || ctx->o->verbose)
		show_facts(&v, l);
	st = ofl_show_unknown(&v, ctx, r, err);
	ofl_show_totals(&v, r);
	result = ofl_owners_status(ofl_scan_status(r, "", &text),
				   owners->id.why_not, &text);
	result = ofl_add_doubts(ctx, owners->id.a ? &owners->id.a->owners : NULL,
				result, &text);
	if (owners->lost) {
		ofl_text_add(&text, "; no memory for all owners");
		result = OFL_RESULT_INCOMPLETE;
	}
	return ofl_show_status(&v, ctx, st, result, message, err);
}

enum ofl_status ofl_cmd_offline(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_session *s = ctx->s;
	struct owners owners = { .id.s = s };
	struct ofl_sink sink = { .offline = count_owners, .arg = &owners };
	struct ofl_scan_result r;
	struct ofl_columns shown;
	enum ofl_status st = OFL_OK;

	ofl_columns_default(&ofl_zone_table, &shown);
	if (ctx->o->columns)
		st = ofl_columns_parse(&ofl_zone_table, ctx->o->columns, &shown,
				       err);
	if (!st && ctx->o->verbose)	/* its facts are shown, too */
		st = ofl_session_late(s, err);
	if (st)
		return st;
	st = ofl_scan(s->t, &s->layout, &s->nodes, &ctx->scan, &sink, 1, &r,
		      err);
	if (!st)
		st = show(ctx, &r, &owners, &shown, err);
	free(owners.row);
	ofl_scan_result_free(&r);
	return st;
}
