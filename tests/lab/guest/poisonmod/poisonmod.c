// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * poisonmod - poisons pages that memory_failure() of a test cannot reach
 *
 *	echo START PAGES ZONE >/sys/module/poisonmod/parameters/first
 *
 * allocates eight pages from the pfns START .. START + PAGES - 1 that are no
 * compound page, as drivers do, and poisons the first. ZONE is m for ZONE_MOVABLE,
 * or n for the kernel's. The pages are lost for good.
 *
 *	echo PFN >.../page	poisons a page, whatever it is
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/page-flags.h>

#define ORDER 3

static int first(const char *value, const struct kernel_param *kp)
{
	unsigned long start, pages, pfn;
	struct page *page, *next;
	LIST_HEAD(elsewhere);
	int err = -ENOMEM;
	char zone;
	gfp_t gfp;

	if (sscanf(value, "%li %li %c", &start, &pages, &zone) != 3)
		return -EINVAL;
	gfp = zone == 'm' ? GFP_HIGHUSER_MOVABLE : GFP_USER | __GFP_MOVABLE;
	while ((page = alloc_pages(gfp | __GFP_NOWARN | __GFP_NORETRY, ORDER))) {
		pfn = page_to_pfn(page);
		if (pfn >= start && pfn < start + pages) {
			SetPageHWPoison(page);
			pr_info("poisonmod: pfn %lx\n", pfn);
			err = 0;
			break;
		}
		list_add(&page->lru, &elsewhere);
	}
	list_for_each_entry_safe(page, next, &elsewhere, lru) {
		list_del(&page->lru);
		__free_pages(page, ORDER);
	}
	return err;
}

static int one(const char *value, const struct kernel_param *kp)
{
	unsigned long pfn;
	int err = kstrtoul(value, 0, &pfn);

	if (err || !pfn_valid(pfn))
		return err ? err : -EINVAL;
	SetPageHWPoison(pfn_to_page(pfn));
	return 0;
}

static int __init poisonmod_init(void)
{
	return 0;
}

module_init(poisonmod_init);

static const struct kernel_param_ops first_ops = { .set = first };
static const struct kernel_param_ops page_ops = { .set = one };

module_param_cb(first, &first_ops, NULL, 0200);
module_param_cb(page, &page_ops, NULL, 0200);
MODULE_DESCRIPTION("poisons pages");
MODULE_LICENSE("GPL");
