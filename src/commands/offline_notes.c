// SPDX-License-Identifier: GPL-2.0-or-later
/* offline_notes.c - what offline says besides its tables */
#include <inttypes.h>
#include <stdio.h>

#include "commands/added.h"
#include "commands/offline_notes.h"
#include "commands/offline_rows.h"
#include "kernel/block.h"
#include "scan/workers.h"
#include "target/count.h"
#include "target/text.h"

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

	for (i = 0; i < OFL_NR_UNKNOWN; i++)
		if (r->unknown[i])
			ofl_text_item(&text, ", ", "%" PRIu64 " %s (first 0x%"
				      PRIx64 ")", r->unknown[i],
				      ofl_unknown_text((enum ofl_unknown)i),
				      r->unknown_pfn[i]);
	if (r->total.unknown)
		ofl_view_words(v, "UNKNOWN", "nothing is known of %" PRIu64 " page%s (in no row below): %s",
			       r->total.unknown, ofl_plural(r->total.unknown), buf);
}

static void show_stale(struct ofl_view *v, const struct ofl_scan_result *r)
{
	ofl_view_number(v, "holes", r->no_zone);
	ofl_view_number(v, "device_pages", r->device);
	ofl_view_number(v, "stale_unread", r->stale_unread);
	if (r->stale)
		ofl_view_words(v, "STALE", "%" PRIu64 " page%s of sections that are not online still %s the mark, which counts for nothing",
			       r->stale, ofl_plural(r->stale),
			       r->stale == 1 ? "has" : "have");
	if (r->stale_unread)
		ofl_view_words(v, "NOTE", "%" PRIu64 " page%s of sections that are not online cannot be read, first 0x%"
			       PRIx64, r->stale_unread, ofl_plural(r->stale_unread),
			       r->stale_unread_pfn);
	if (r->no_zone)
		ofl_view_words(v, "HOLES", "%" PRIu64 " page%s of holes %s present and in no zone",
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
			       ofl_pages_size(l, pages, size[0], sizeof(size[0])),
			       ofl_pages_size(l, other, size[1], sizeof(size[1])),
			       pages > scanned ? "more" : "less, because holes have struct pages, too");
}

/* what offowner has in full: one line for what a person has to know */
static void show_told(struct ofl_view *v, const struct ofl_layout *l,
		      const struct ofl_told *told)
{
	const struct ofl_told_device *d;
	char size[2][24];

	for (d = told->device; d < told->device + told->nr; d++) {
		if (d->gone)
			ofl_view_words(v, "NOTE", "the driver of %s (%s) is gone, and its memory stayed",
				       d->name, d->owner->name);
		if (d->finding)
			ofl_view_words(v, "NOTE", "%s: %s", d->name[0] ?
				       d->name : d->owner->name, d->reason);
		else if (d->untold)
			ofl_view_words(v, "NOTE", "%s", d->untold);
	}
	if (told->churn_known && told->deflated)
		ofl_view_words(v, "NOTE", "balloons took %s since the boot, and gave back %s of it",
			       ofl_pages_size(l, told->inflated, size[0],
					      sizeof(size[0])),
			       ofl_pages_size(l, told->deflated, size[1],
					      sizeof(size[1])));
}

void ofl_offline_notes(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		       const struct ofl_scan_result *r,
		       const struct ofl_told *told, char *next, size_t bytes)
{
	bool all = ctx->o->verbose;

	if (ctx->s->t->live)
		ofl_view_words(v, "NOTE", "the system is live: pages change while they are read");
	if (ctx->s->layout.marks_balloon_core_only)
		ofl_view_words(v, "NOTE", "if this kernel is older than 5.1, only balloon-core drivers mark their pages: those of Hyper-V, Xen and VMware are not found");
	show_present(v, ctx, r);
	show_blocks(v, &r->blocks, all);
	if (all && ctx->s->analysis && ctx->s->analysis->blocks.alone)
		ofl_view_words(v, "NOTE", "the index memory_blocks was compared with nothing: the bus \"memory\" is not in the dump as a whole, or not known here");
	show_told(v, &ctx->s->layout, told);
	ofl_show_added(v, ctx, &r->blocks, next, bytes);
	show_unknown(v, r);
	show_stale(v, r);
}

/* ---- what is known of the kernel, and how ---- */

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

void ofl_offline_kernel(struct ofl_view *v, const struct ofl_run_ctx *ctx,
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
	else if (reading.failed)
		ofl_view_words(v, "READER", "offline.so itself, but crash where a page did not decompress; what crash reads of one page in 128 was the same");
	else if (!reading.why_host && r->memmap_pages)
		ofl_view_words(v, "READER", "offline.so itself; what crash reads of one page in 128 was the same");
	else if (!reading.why_host)
		ofl_view_words(v, "READER", "none: no page of the memmap had to be read");
	if (reading.asked)
		ofl_view_words(v, "GDB", "asked about types %" PRIu64 " time%s",
			       reading.asked, ofl_plural(reading.asked));
}

void ofl_offline_effort(struct ofl_view *v, const struct ofl_target *t,
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
