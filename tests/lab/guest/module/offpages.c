// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offpages - leaves pages in states that no driver of this machine leaves
 *
 *	echo STATE START PAGES ZONE > /sys/module/offpages/parameters/put
 *
 * takes memory from the pfns START .. START + PAGES - 1 and leaves one page of it,
 * or a few, in STATE; the kernel's log says which. ZONE is m for ZONE_MOVABLE, or
 * n for the kernel's. For tests of memory offlining; the pages are lost for good.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/page-flags.h>

#define CHUNK_ORDER 9		/* 2 MiB: the unit of VMware's balloon, too */
#define CHUNK_PAGES (1u << CHUNK_ORDER)

static LIST_HEAD(foreign);	/* a list that no balloon owns */

/* a chunk inside the range; what the allocator gives from elsewhere goes back */
static struct page *take(unsigned long start, unsigned long pages, gfp_t gfp)
{
	struct page *page, *next, *found = NULL;
	LIST_HEAD(elsewhere);

	while (!found) {
		page = alloc_pages(gfp | __GFP_NOWARN | __GFP_NORETRY,
				   CHUNK_ORDER);
		if (!page)
			break;
		if (page_to_pfn(page) >= start &&
		    page_to_pfn(page) + CHUNK_PAGES <= start + pages)
			found = page;
		else
			list_add(&page->lru, &elsewhere);
	}
	list_for_each_entry_safe(page, next, &elsewhere, lru) {
		list_del(&page->lru);
		__free_pages(page, CHUNK_ORDER);
	}
	return found;
}

/* the first @keep pages of a chunk, each an allocation of its own */
static void keep_first(struct page *chunk, unsigned int keep)
{
	unsigned int i;

	split_page(chunk, CHUNK_ORDER);
	for (i = keep; i < CHUNK_PAGES; i++)
		__free_page(chunk + i);
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

static int put(const char *value, const struct kernel_param *kp)
{
	unsigned long start, pages;
	struct page *page;
	char state[20], zone;
	gfp_t gfp;

	if (sscanf(value, "%19s %li %li %c", state, &start, &pages, &zone) != 4)
		return -EINVAL;
	/* movable in both zones, so that the kernel does not come to live beside it */
	gfp = zone == 'm' ? GFP_HIGHUSER_MOVABLE : GFP_USER | __GFP_MOVABLE;
	if (sysfs_streq(state, "compound"))
		gfp |= __GFP_COMP;
	page = take(start, pages, gfp);
	if (!page)
		return -ENOMEM;
	if (gfp & __GFP_COMP)
		mark(page, 1);
	else if (!several(state, page) && !one(state, page))
		return -EINVAL;
	pr_info("offpages: %s pfn %lx\n", state, page_to_pfn(page));
	return 0;
}

static const struct kernel_param_ops put_ops = { .set = put };

module_param_cb(put, &put_ops, NULL, 0200);
MODULE_DESCRIPTION("pages in states that no driver of this machine leaves");
MODULE_LICENSE("GPL");
