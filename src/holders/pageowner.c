// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pageowner.c - where a page was allocated, if page_owner was on
 *
 * Source: mm/page_ext.c: lookup_page_ext(), get_entry(); mm/page_owner.c:
 *         __set_page_owner(), create_dummy_stack().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/depot.h"
#include "holders/holder.h"
#include "kernel/section.h"
#include "target/count.h"

#define EXT_INVALID	1	/* PAGE_EXT_INVALID */
#define MAX_ENTRY	4096	/* bytes: no kernel has this many in a page_ext */
#define COMM_BYTES	16	/* TASK_COMM_LEN */

/** struct pageowner - the state */
struct pageowner {
	bool on;
	struct ofl_depot depot;
	uint64_t entry_bytes;		/* of the page_ext of a page */
	uint64_t owner_at;		/* where in it struct page_owner is */
	uint64_t bad_kva;		/* why it cannot be used, though it is on */
	const char *bad_what;
	/* of the section in work */
	uint64_t section_nr, section_kva, page_ext;
	bool has_section;
};

/** struct owner - what struct page_owner says of a page */
struct owner {
	uint32_t handle;
	uint64_t order, pid;
	char comm[COMM_BYTES + 1];
};

/* functions through which everybody allocates: the one before them is meant */
static const char *const allocators[] = {
	"post_alloc_hook", "prep_new_page", "get_page_from_freelist",
	"__alloc_pages", "__alloc_pages_nodemask", "__alloc_pages_slowpath",
	"__alloc_frozen_pages", "alloc_frozen_pages", "alloc_pages",
	"alloc_pages_mpol", "alloc_pages_node", "alloc_pages_current",
	"alloc_pages_policy", "alloc_page_interleave", "alloc_pages_preferred_many",
	"alloc_pages_vma", "vma_alloc_folio", "folio_alloc", "__folio_alloc",
	"folio_alloc_mpol", "__get_free_pages", "get_free_pages",
	"get_zeroed_page", "alloc_pages_exact", "alloc_pages_exact_nid",
	"__alloc_pages_bulk", "alloc_pages_bulk", "alloc_pages_bulk_mempolicy",
	"alloc_pages_bulk_array_mempolicy", "alloc_contig_range",
	"alloc_contig_pages", "alloc_contig_frozen_range",
	"alloc_contig_frozen_pages", "__alloc_contig_pages", "split_map_pages",
	"split_free_frozen_pages", "kmalloc_order", "kmalloc_order_trace",
	"kmalloc_large", "kmalloc_large_node", "__kmalloc_large",
	"__kmalloc_large_node", "___kmalloc_large_node", "__kmalloc",
	"__kmalloc_node", "__do_kmalloc_node", "__kvmalloc_node", "kvmalloc_node",
	"dma_direct_alloc", "__dma_direct_alloc_pages", "dma_alloc_attrs",
};

static bool ready(struct ofl_walk *w, struct pageowner *o)
{
	static const enum ofl_fact_id need[] = {
		OFL_F_SECTION_PAGE_EXT, OFL_F_PAGE_EXT_SIZE, OFL_F_PAGE_EXT_FLAGS,
		OFL_F_EXT_OWNER, OFL_F_EXT_OWNER_ALLOCATED, OFL_F_PAGE_OWNER_OPS,
		OFL_F_EXT_OPS_OFFSET, OFL_F_OWNER_BYTES, OFL_F_OWNER_ORDER,
		OFL_F_OWNER_HANDLE, OFL_F_EARLY_HANDLE, OFL_F_DUMMY_HANDLE,
		OFL_F_FAILURE_HANDLE,
	};
	const struct ofl_layout *l = w->l;
	uint64_t size_kva = ofl_fact_u64(l, OFL_F_PAGE_EXT_SIZE);

	if (!ofl_walk_knows(w, need, OFL_COUNT(need)) ||
	    ofl_fact_value(l, OFL_F_PAGE_OWNER_INITED, 0) <= 0)
		return false;
	if (!ofl_read_u64(&w->t, size_kva, &o->entry_bytes))
		return ofl_walk_broke(w, size_kva, "cannot be read");
	if (!ofl_walk_number(w, ofl_fact_u64(l, OFL_F_PAGE_OWNER_OPS),
			     OFL_F_EXT_OPS_OFFSET, 8, &o->owner_at))
		return false;
	if (o->entry_bytes > MAX_ENTRY || o->owner_at > MAX_ENTRY ||
	    o->owner_at + ofl_fact_u64(l, OFL_F_OWNER_BYTES) > o->entry_bytes)
		return ofl_walk_broke(w, size_kva, "leaves no room for what page_owner keeps");
	return ofl_depot_open(w, &o->depot);
}

static bool pageowner_open(struct ofl_holder_env *e, void **state)
{
	struct pageowner *o = calloc(1, sizeof(*o));

	*state = o;
	if (!o)
		return false;
	e->walk.bad_what = NULL;
	o->on = ready(&e->walk, o);
	o->bad_kva = e->walk.bad_kva;
	o->bad_what = e->walk.bad_what;
	return true;
}

static enum ofl_status keep_section(void *arg, const struct ofl_section *s)
{
	struct pageowner *o = arg;

	o->section_kva = s->corrupt ? 0 : s->kva;
	return OFL_OK;
}

/* address of the page_ext of a page; 0: it has none */
static uint64_t page_ext_of(struct ofl_walk *w, struct pageowner *o, uint64_t pfn)
{
	const struct ofl_layout *l = w->l;
	struct ofl_section_stats stats;
	uint64_t nr = pfn / l->section_pages;

	if (!o->has_section || o->section_nr != nr) {
		o->has_section = true;
		o->section_nr = nr;
		o->section_kva = o->page_ext = 0;
		ofl_section_walk(&w->t, l, pfn, pfn + 1, keep_section, o, &stats);
		if (o->section_kva)
			ofl_walk_number(w, o->section_kva, OFL_F_SECTION_PAGE_EXT,
					8, &o->page_ext);
	}
	if (!o->page_ext || (o->page_ext & EXT_INVALID))
		return 0;
	return o->page_ext + o->entry_bytes * pfn;
}

static bool read_process(struct ofl_walk *w, uint64_t kva, struct owner *ret)
{
	uint64_t comm = ofl_walk_at(w, kva, OFL_F_OWNER_COMM);

	ret->pid = 0;
	memset(ret->comm, 0, sizeof(ret->comm));
	if (ofl_fact_known(w->l, OFL_F_OWNER_PID) &&
	    !ofl_walk_number(w, kva, OFL_F_OWNER_PID, 4, &ret->pid))
		return false;
	return !ofl_fact_known(w->l, OFL_F_OWNER_COMM) ||
	       ofl_read(&w->t, comm, ret->comm, COMM_BYTES) == OFL_READ_OK ||
	       ofl_walk_broke(w, comm, "cannot be read");
}

static bool is_no_stack(const struct ofl_layout *l, uint32_t handle)
{
	return !handle ||
	       handle == (uint32_t)ofl_fact_u64(l, OFL_F_EARLY_HANDLE) ||
	       handle == (uint32_t)ofl_fact_u64(l, OFL_F_DUMMY_HANDLE) ||
	       handle == (uint32_t)ofl_fact_u64(l, OFL_F_FAILURE_HANDLE);
}

/* false: page_owner knows nothing of the page, or the walk broke off */
static bool read_owner(struct ofl_walk *w, struct pageowner *o, uint64_t pfn,
		       struct owner *ret)
{
	const struct ofl_layout *l = w->l;
	uint64_t ext = page_ext_of(w, o, pfn), flags, handle;

	if (!ext)
		return false;
	if (!ofl_is_kernel_pointer(w, ext))
		return ofl_walk_broke(w, ext, "can be no page_ext");
	if (!ofl_walk_number(w, ext, OFL_F_PAGE_EXT_FLAGS, 8, &flags))
		return false;
	if (!(flags >> (l->fact[OFL_F_EXT_OWNER].value & 63) & 1) ||
	    !(flags >> (l->fact[OFL_F_EXT_OWNER_ALLOCATED].value & 63) & 1))
		return false;
	ext += o->owner_at;
	if (!ofl_walk_number(w, ext, OFL_F_OWNER_HANDLE, 4, &handle))
		return false;
	ret->handle = (uint32_t)handle;
	return !is_no_stack(l, ret->handle) &&
	       ofl_walk_number(w, ext, OFL_F_OWNER_ORDER, 2, &ret->order) &&
	       read_process(w, ext, ret);
}

static uint64_t mix(uint64_t so_far, uint64_t more)
{
	so_far = (so_far ^ more) * 0x9e3779b97f4a7c15ull;
	return so_far ^ so_far >> 29;
}

static bool pageowner_find(struct ofl_holder_env *e, void *state,
			   const struct ofl_held *p, uint64_t *key)
{
	struct pageowner *o = state;
	struct owner owner;
	uint64_t comm[2];

	if (p->kind != OFL_KIND_KERNEL && p->kind != OFL_KIND_UNTOUCHED &&
	    p->kind != OFL_KIND_TYPED && p->kind != OFL_KIND_FROZEN)
		return false;
	if (o->bad_what)
		return ofl_walk_broke(&e->walk, o->bad_kva, o->bad_what);
	if (!o->on || !read_owner(&e->walk, o, p->pfn, &owner))
		return false;
	memcpy(comm, owner.comm, sizeof(comm));
	*key = mix(mix(mix(mix(owner.handle, owner.order), owner.pid), comm[0]),
		   comm[1]);
	return true;
}

static bool is_allocator(const char *symbol)
{
	size_t len = strcspn(symbol, "."), i;

	if (len > 7 && !strncmp(symbol + len - 7, "_noprof", 7))
		len -= 7;
	for (i = 0; i < OFL_COUNT(allocators); i++)
		if (strlen(allocators[i]) == len &&
		    !strncmp(allocators[i], symbol, len))
			return true;
	return false;
}

/*
 * A frame is where a call returns to: behind the last byte of its function, if
 * the compiler knew that it never does.
 */
static bool function_of(struct ofl_walk *w, uint64_t frame, char *buf,
			size_t bytes)
{
	return ofl_walk_function(w, frame - 1, buf, bytes);
}

static void add_function(struct ofl_walk *w, uint64_t frame,
			 struct ofl_text *text)
{
	char symbol[96];

	if (function_of(w, frame, symbol, sizeof(symbol)))
		ofl_text_escaped(text, symbol);
	else
		ofl_text_add(text, "0x%" PRIx64, frame);
}

/* the frame that allocated: the first above the allocator, or the last of all */
static unsigned int who_allocated(struct ofl_walk *w, const struct ofl_stack *s)
{
	char symbol[96];
	unsigned int i;

	for (i = 0; i + 1 < s->nr; i++)
		if (!function_of(w, s->frame[i], symbol, sizeof(symbol)) ||
		    !is_allocator(symbol))
			break;
	return i;
}

static void add_process(const struct owner *owner, struct ofl_walk *w,
			struct ofl_text *text)
{
	ofl_text_add(text, "order %" PRIu64, owner->order);
	if (ofl_fact_known(w->l, OFL_F_OWNER_PID))
		ofl_text_add(text, ", pid %" PRIu64, owner->pid);
	if (owner->comm[0]) {
		ofl_text_add(text, " ");
		ofl_text_escaped(text, owner->comm);
	}
}

static bool pageowner_name(struct ofl_holder_env *e, void *state,
			   const struct ofl_held *p, uint64_t key,
			   struct ofl_holder *ret)
{
	struct ofl_text name = ofl_text_over(ret->name, sizeof(ret->name));
	struct ofl_text detail = ofl_text_over(ret->detail, sizeof(ret->detail));
	struct ofl_walk *w = &e->walk;
	struct pageowner *o = state;
	struct ofl_stack stack;
	struct owner owner;
	unsigned int i, who;

	(void)key;
	if (!read_owner(w, o, p->pfn, &owner) ||
	    !ofl_depot_fetch(w, &o->depot, owner.handle, &stack))
		return false;
	for (i = 0; i < stack.nr; i++)
		if (!ofl_is_kernel_address(w->l, stack.frame[i]))
			return ofl_walk_broke(w, stack.frame[i],
					      "is in an allocation stack, and no address of the kernel");
	who = who_allocated(w, &stack);
	add_function(w, stack.frame[who], &name);
	add_process(&owner, w, &detail);
	for (i = who + 1; i < stack.nr; i++) {
		ofl_text_add(&detail, i == who + 1 ? ", by " : ", ");
		add_function(w, stack.frame[i], &detail);
	}
	return true;
}

static void pageowner_close(void *state)
{
	free(state);
}

const struct ofl_holder_ops ofl_holder_pageowner = {
	.kind = "allocation",
	.evidence = "page_ext, page_owner.handle, stack_record",
	.what = "function that allocated the page, order, process and its callers, if page_owner was on",
	.open = pageowner_open, .close = pageowner_close,
	.find = pageowner_find, .name = pageowner_name,
};
