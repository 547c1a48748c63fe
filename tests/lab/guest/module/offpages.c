// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offpages - leaves pages in states that no driver of this machine leaves
 *
 *	echo STATE START PAGES ZONE > /sys/module/offpages/parameters/put
 *
 * takes memory from the pfns START .. START + PAGES - 1 and leaves one page of it,
 * or a few, in STATE; the kernel's log says which. ZONE is m for ZONE_MOVABLE, or
 * n for the kernel's. For tests of memory offlining; the pages are lost for good.
 *
 *	echo PFN > .../ref	takes a reference to a page that has one already
 *	echo 1 > .../unref	drops all references taken so
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/page-flags.h>
#include <linux/slab.h>

#define CHUNK_ORDER 9		/* 2 MiB: the unit of VMware's balloon, too */
#define CHUNK_PAGES (1u << CHUNK_ORDER)
#define OBJECT_BYTES 64u	/* slabs of one page */

#define MAX_REFS 4096u

static LIST_HEAD(foreign);	/* a list that no balloon owns */
static struct kmem_cache *cache;
static struct page *referenced[MAX_REFS];
static unsigned int nr_referenced;

static bool inside(struct page *page, unsigned long start, unsigned long pages)
{
	return page_to_pfn(page) >= start && page_to_pfn(page) < start + pages;
}

/* a chunk inside the range; what the allocator gives from elsewhere is kept */
static struct page *take(unsigned long start, unsigned long pages, gfp_t gfp,
			 struct list_head *elsewhere)
{
	struct page *page;

	for (;;) {
		page = alloc_pages(gfp | __GFP_NOWARN | __GFP_NORETRY,
				   CHUNK_ORDER);
		if (!page || inside(page, start, pages))
			return page;
		list_add(&page->lru, elsewhere);
	}
}

static void give_back(struct list_head *elsewhere)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, elsewhere, lru) {
		list_del(&page->lru);
		__free_pages(page, CHUNK_ORDER);
	}
}

/* the first @keep pages of a chunk, each an allocation of its own */
static void keep_first(struct page *chunk, unsigned int keep)
{
	split_page(chunk, CHUNK_ORDER);
	for (; keep < CHUNK_PAGES; keep++)
		__free_page(chunk + keep);
}

static void mark(struct page *first, unsigned int pages)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		__SetPageOffline(first + i);
}

/* a head that is referenced and the rest that is not, as before split_page() */
static void unreferenced_behind(struct page *first, unsigned int pages)
{
	unsigned int i;

	for (i = 1; i < pages; i++)
		set_page_count(first + i, 0);
}

/*
 * All of a chunk becomes slabs: a page just freed is what the next slab is made
 * of. Were some left free, the kernel's next pages would come from there.
 */
static void slabs(struct page *chunk)
{
	unsigned int i, j;

	split_page(chunk, CHUNK_ORDER);
	for (i = 0; i < CHUNK_PAGES; i++) {
		__free_page(chunk + i);
		for (j = 0; j < PAGE_SIZE / OBJECT_BYTES; j++)
			if (!kmem_cache_alloc(cache, GFP_KERNEL))
				return;
	}
}

static int several(const char *state, struct page *chunk)
{
	unsigned int pages = 8;

	if (sysfs_streq(state, "order3"))
		keep_first(chunk, pages);
	else if (sysfs_streq(state, "unit"))	/* already one page with a reference */
		pages = CHUNK_PAGES;
	else
		return 0;
	mark(chunk, pages);
	unreferenced_behind(chunk, pages);
	return 1;
}

static int one(const char *state, struct page *page)
{
	keep_first(page, 1);
	if (sysfs_streq(state, "kernel"))
		return 1;
	if (sysfs_streq(state, "table")) {
		__SetPageTable(page);
		return 1;
	}
	if (sysfs_streq(state, "reserved")) {
		SetPageReserved(page);
		return 1;
	}
	mark(page, 1);
	if (sysfs_streq(state, "ref0"))
		set_page_count(page, 0);
	else if (sysfs_streq(state, "ref2"))
		get_page(page);
	else if (sysfs_streq(state, "dirty"))
		SetPageDirty(page);
	else if (sysfs_streq(state, "offline-reserved"))
		SetPageReserved(page);
	else if (sysfs_streq(state, "foreign")) {
		set_page_private(page, 0xdead0000);
		list_add(&page->lru, &foreign);
	} else if (!sysfs_streq(state, "ref1"))
		return 0;
	return 1;
}

static int make(const char *state, struct page *chunk)
{
	if (sysfs_streq(state, "slab"))
		slabs(chunk);
	else if (sysfs_streq(state, "compound"))
		mark(chunk, 1);
	else if (sysfs_streq(state, "poisoned"))	/* the head of a compound page */
		SetPageHWPoison(chunk);
	else if (!several(state, chunk) && !one(state, chunk))
		return -EINVAL;
	pr_info("offpages: %s pfn %lx\n", state, page_to_pfn(chunk));
	return 0;
}

static int put(const char *value, const struct kernel_param *kp)
{
	unsigned long start, pages;
	LIST_HEAD(elsewhere);
	struct page *chunk;
	char state[20], zone;
	gfp_t gfp;
	int err;

	if (sscanf(value, "%19s %li %li %c", state, &start, &pages, &zone) != 4)
		return -EINVAL;
	/* movable in both zones, so that the kernel does not come to live beside it */
	gfp = zone == 'm' ? GFP_HIGHUSER_MOVABLE : GFP_USER | __GFP_MOVABLE;
	if (sysfs_streq(state, "compound") || sysfs_streq(state, "poisoned"))
		gfp |= __GFP_COMP;
	if (sysfs_streq(state, "slab"))
		gfp = GFP_KERNEL;
	chunk = take(start, pages, gfp, &elsewhere);
	err = chunk ? make(state, chunk) : -ENOMEM;
	give_back(&elsewhere);
	return err;
}

static int ref(const char *value, const struct kernel_param *kp)
{
	unsigned long pfn;
	int err = kstrtoul(value, 0, &pfn);

	if (err || !pfn_valid(pfn))
		return err ? err : -EINVAL;
	if (nr_referenced == MAX_REFS)
		return -ENOSPC;
	referenced[nr_referenced] = pfn_to_page(pfn);
	get_page(referenced[nr_referenced++]);
	return 0;
}

static int unref(const char *value, const struct kernel_param *kp)
{
	while (nr_referenced)
		put_page(referenced[--nr_referenced]);
	return 0;
}

/* a cache with a constructor is never merged with another */
static void construct(void *object)
{
}

static int __init offpages_init(void)
{
	cache = kmem_cache_create("offpages", OBJECT_BYTES, 0, 0,
				  construct);
	return cache ? 0 : -ENOMEM;
}

module_init(offpages_init);

static const struct kernel_param_ops put_ops = { .set = put };

static const struct kernel_param_ops ref_ops = { .set = ref };
static const struct kernel_param_ops unref_ops = { .set = unref };

module_param_cb(put, &put_ops, NULL, 0200);
module_param_cb(ref, &ref_ops, NULL, 0200);
module_param_cb(unref, &unref_ops, NULL, 0200);
MODULE_DESCRIPTION("pages in states that no driver of this machine leaves");
MODULE_LICENSE("GPL");
