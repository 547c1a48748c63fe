// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loss.c - remember answers, and lose some of them
 *
 * Facts are answered from what was noted, so that a fixture is searched once
 * for each question; memory always comes from the fixture.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "loss.h"

static const char *const kind_word[LOSS_NR_KINDS] = {
	[LOSS_SYMBOL] = "symbol", [LOSS_SYMBOL_AT] = "symbol_at",
	[LOSS_SYMBOL_IN] = "symbol_in", [LOSS_PHYSICAL] = "physical",
	[LOSS_STRUCT] = "struct", [LOSS_MEMBER] = "member",
	[LOSS_ENUMERATOR] = "enumerator", [LOSS_ARRAY] = "array",
	[LOSS_VMCOREINFO] = "vmcoreinfo", [LOSS_HOST] = "host",
	[LOSS_MEM] = "mem",
};

static void *must(void *p)
{
	if (!p) {
		fputs("loss: out of memory\n", stderr);
		abort();
	}
	return p;
}

/* ---- items by what they are about ---- */

static uint64_t hash_of(enum loss_kind kind, const char *name, uint64_t kva,
			uint64_t bytes)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)kind;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	h = (h ^ kva) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 29 ^ bytes) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

/* the slot of such an item, or the free one where it belongs */
static size_t *slot_of(const struct loss_target *lt, enum loss_kind kind,
		       const char *name, uint64_t kva, uint64_t bytes)
{
	size_t at = hash_of(kind, name, kva, bytes) & (lt->nr_slots - 1);
	const struct loss_item *i;

	for (; lt->slot[at]; at = (at + 1) & (lt->nr_slots - 1)) {
		i = &lt->item[lt->slot[at] - 1];
		if (i->kind == kind && i->kva == kva && i->bytes == bytes &&
		    !strcmp(i->name, name))
			break;
	}
	return &lt->slot[at];
}

/* a table that is at most half full */
static void make_room(struct loss_target *lt)
{
	size_t i;

	if (lt->nr == lt->room) {
		lt->room = lt->room ? lt->room * 2 : 1024;
		lt->item = must(realloc(lt->item,
					lt->room * sizeof(*lt->item)));
		free(lt->slot);
		lt->nr_slots = lt->room * 2;
		lt->slot = must(calloc(lt->nr_slots, sizeof(*lt->slot)));
		for (i = 0; i < lt->nr; i++)
			*slot_of(lt, lt->item[i].kind, lt->item[i].name,
				 lt->item[i].kva, lt->item[i].bytes) = i + 1;
	}
}

/* NULL: it was not asked before, and is not noted now */
static struct loss_item *find(struct loss_target *lt, enum loss_kind kind,
			      const char *name, uint64_t kva, uint64_t bytes,
			      bool *is_new)
{
	struct loss_item *item;
	size_t *slot;

	*is_new = false;
	if (lt->noting || !lt->nr_slots)
		make_room(lt);
	slot = slot_of(lt, kind, name, kva, bytes);
	if (*slot)
		return &lt->item[*slot - 1];
	if (!lt->noting)
		return NULL;
	*is_new = true;
	item = &lt->item[lt->nr++];
	*slot = lt->nr;
	*item = (struct loss_item){ .kind = kind, .kva = kva, .bytes = bytes,
				    .name = must(strdup(name)) };
	return item;
}

/* ---- the questions ---- */

/* what of a lost piece is in a read */
static void zero(const struct loss_item *m, uint64_t kva, void *buf,
		 size_t bytes)
{
	uint64_t begin = m->kva > kva ? m->kva - kva : 0;
	uint64_t end = m->kva + m->bytes < kva + bytes ?
		       m->kva + m->bytes - kva : bytes;

	if (m->kva < kva + bytes && m->kva + m->bytes > kva)
		memset((char *)buf + begin, 0, end - begin);
}

static enum ofl_read loss_read(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	struct loss_target *lt = ctx;
	const struct loss_item *m;
	enum ofl_read got;
	bool is_new;
	size_t i;

	for (i = 0; i < lt->nr_mem && !lt->zeros; i++) {
		m = lt->mem[i];
		if (kva < m->kva + m->bytes && m->kva < kva + bytes)
			return lt->how;
	}
	got = ofl_read(lt->from, kva, buf, bytes);
	for (i = 0; i < lt->nr_mem && got == OFL_READ_OK; i++)
		zero(lt->mem[i], kva, buf, bytes);
	if (lt->noting && got == OFL_READ_OK)
		find(lt, LOSS_MEM, "", kva, bytes, &is_new)->given = true;
	return got;
}

/* one of the questions that are answered by a number or two */
static bool ask(const struct ofl_target *t, enum loss_kind kind,
		const char *name, const char *member, struct ofl_member *ret)
{
	int64_t value;

	switch (kind) {
	case LOSS_SYMBOL:
		return ofl_symbol(t, name, &ret->offset_bytes);
	case LOSS_STRUCT:
		return ofl_struct_bytes(t, name, &ret->offset_bytes);
	case LOSS_ARRAY:
		return ofl_array_len(t, name, &ret->offset_bytes);
	case LOSS_MEMBER:
		return ofl_member(t, name, member, ret);
	case LOSS_ENUMERATOR:
		if (!ofl_enumerator(t, name, &value))
			return false;
		ret->offset_bytes = (uint64_t)value;
		return true;
	default:
		abort();
	}
}

static bool numbers(void *ctx, enum loss_kind kind, const char *name,
		    const char *member, struct ofl_member *ret)
{
	struct loss_target *lt = ctx;
	struct ofl_member got = { 0, 0 };
	struct loss_item *item;
	char key[256];
	bool is_new;

	snprintf(key, sizeof(key), "%s%s%s", name, member ? "." : "",
		 member ? member : "");
	item = find(lt, kind, key, 0, 0, &is_new);
	if (!item)
		return ask(lt->from, kind, name, member, ret);
	if (is_new) {
		item->given = ask(lt->from, kind, name, member, &got);
		item->a = got.offset_bytes;
		item->b = got.size_bytes;
	}
	if (!item->given || item->lost)
		return false;
	*ret = (struct ofl_member){ item->a, item->b };
	return true;
}

static bool number(void *ctx, enum loss_kind kind, const char *name,
		   uint64_t *ret)
{
	struct ofl_member got;
	bool ok = numbers(ctx, kind, name, NULL, &got);

	if (ok)
		*ret = got.offset_bytes;
	return ok;
}

static bool loss_symbol(void *ctx, const char *name, uint64_t *ret)
{
	return number(ctx, LOSS_SYMBOL, name, ret);
}

static bool loss_struct(void *ctx, const char *type, uint64_t *ret)
{
	return number(ctx, LOSS_STRUCT, type, ret);
}

static bool loss_array(void *ctx, const char *symbol, uint64_t *ret)
{
	return number(ctx, LOSS_ARRAY, symbol, ret);
}

static bool loss_member(void *ctx, const char *type, const char *member,
			struct ofl_member *ret)
{
	return numbers(ctx, LOSS_MEMBER, type, member, ret);
}

static bool loss_enumerator(void *ctx, const char *name, int64_t *ret)
{
	uint64_t v;
	bool ok = number(ctx, LOSS_ENUMERATOR, name, &v);

	if (ok)
		*ret = (int64_t)v;
	return ok;
}

static bool loss_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	struct loss_target *lt = ctx;
	const struct ofl_target *t = lt->from;
	struct loss_item *item;
	bool is_new;

	item = find(lt, LOSS_HOST, ofl_host_name(what), 0, 0, &is_new);
	if (!item)
		return ofl_host_number(t, what, ret);
	if (is_new)
		item->given = ofl_host_number(t, what, &item->a);
	if (!item->given || item->lost)
		return false;
	*ret = item->a;
	return true;
}

/* a text is the answer to a name, or to an address */
static bool words(void *ctx, enum loss_kind kind, const char *name,
		  uint64_t kva, char *buf, size_t bytes)
{
	struct loss_target *lt = ctx;
	const struct ofl_target *t = lt->from;
	struct loss_item *item;
	bool is_new, ok;

	item = find(lt, kind, name, kva, 0, &is_new);
	if (item && item->lost)
		return false;
	ok = kind == LOSS_VMCOREINFO ?
	     t->memory->vmcoreinfo(t->ctx, name, buf, bytes) :
	     kind == LOSS_SYMBOL_IN ? ofl_symbol_in(t, kva, buf, bytes) :
	     ofl_symbol_at(t, kva, buf, bytes);
	if (item && is_new) {
		item->given = ok;
		item->text = ok ? must(strdup(buf)) : NULL;
	}
	return ok;
}

static bool loss_vmcoreinfo(void *ctx, const char *key, char *buf, size_t bytes)
{
	return words(ctx, LOSS_VMCOREINFO, key, 0, buf, bytes);
}

static bool loss_symbol_at(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	return words(ctx, LOSS_SYMBOL_AT, "", kva, buf, bytes);
}

static bool loss_symbol_in(void *ctx, uint64_t kva, char *buf, size_t bytes)
{
	return words(ctx, LOSS_SYMBOL_IN, "", kva, buf, bytes);
}

static bool loss_physical(void *ctx, uint64_t kva, uint64_t pages,
			  uint64_t *ret)
{
	struct loss_target *lt = ctx;
	struct loss_item *item;
	bool is_new;

	item = find(lt, LOSS_PHYSICAL, "", kva, pages, &is_new);
	if (!item)
		return ofl_physical(lt->from, kva, pages, ret);
	if (is_new)
		item->given = ofl_physical(lt->from, kva, pages, &item->a);
	if (!item->given || item->lost)
		return false;
	*ret = item->a;
	return true;
}

static bool loss_interrupted(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct ofl_memory_ops loss_memory_ops = {
	.read = loss_read,
	.symbol = loss_symbol,
	.symbol_at = loss_symbol_at,
	.symbol_in = loss_symbol_in,
	.physical = loss_physical,
	.vmcoreinfo = loss_vmcoreinfo,
};

static const struct ofl_type_ops loss_type_ops = {
	.struct_bytes = loss_struct,
	.member = loss_member,
	.enumerator = loss_enumerator,
	.array_len = loss_array,
};

static const struct ofl_host_ops loss_host_ops = {
	.number = loss_host,
	.interrupted = loss_interrupted,
};

/* ---- losing ---- */

void loss_init(struct loss_target *lt, const struct ofl_target *from)
{
	memset(lt, 0, sizeof(*lt));
	lt->from = from;
	lt->target = *from;
	lt->target.memory = &loss_memory_ops;
	lt->target.types = &loss_type_ops;
	lt->target.host = &loss_host_ops;
	lt->target.ctx = lt;
	lt->how = OFL_READ_UNREADABLE;
}

void loss_free(struct loss_target *lt)
{
	size_t i;

	for (i = 0; i < lt->nr; i++) {
		free(lt->item[i].name);
		free(lt->item[i].text);
	}
	free(lt->item);
	free(lt->slot);
	free(lt->mem);
	memset(lt, 0, sizeof(*lt));
}

size_t loss_piece(struct loss_target *lt, uint64_t kva, uint64_t bytes)
{
	bool noting = lt->noting, is_new;
	struct loss_item *item;

	lt->noting = true;
	item = find(lt, LOSS_MEM, "", kva, bytes, &is_new);
	item->given = true;
	lt->noting = noting;
	return (size_t)(item - lt->item);
}

void loss_take(struct loss_target *lt, size_t i)
{
	struct loss_item *item = &lt->item[i];

	if (item->lost)
		return;
	item->lost = true;
	if (item->kind != LOSS_MEM)
		return;
	if (lt->nr_mem == lt->mem_room) {
		lt->mem_room = lt->mem_room ? lt->mem_room * 2 : 64;
		lt->mem = must(realloc(lt->mem,
				       lt->mem_room * sizeof(*lt->mem)));
	}
	lt->mem[lt->nr_mem++] = item;
}

void loss_give_back(struct loss_target *lt)
{
	size_t i;

	for (i = 0; i < lt->nr; i++)
		lt->item[i].lost = false;
	lt->nr_mem = 0;
}

void loss_print(const struct loss_item *item, FILE *f)
{
	fprintf(f, "%s ", kind_word[item->kind]);
	if (item->kind == LOSS_MEM || item->kind == LOSS_PHYSICAL)
		fprintf(f, "%" PRIx64 " %" PRIx64, item->kva, item->bytes);
	else if (item->kind == LOSS_SYMBOL_AT || item->kind == LOSS_SYMBOL_IN)
		fprintf(f, "%" PRIx64 " (%s)", item->kva,
			item->text ? item->text : "");
	else
		fputs(item->name, f);
}
