// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * holdmod - memory of the kernel, held in each way that has a name
 *
 * A page pool of the device "holdmod", an area of vmalloc(), threads, a slab cache
 * and large kmalloc(), all from the moment it is loaded, for good. For tests of who
 * holds a page.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#if __has_include(<net/page_pool/helpers.h>)
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

#define POOL_PAGES	256
#define AREA_BYTES	(4ul << 20)
#define THREADS		8
#define OBJECTS		6400
#define OBJECT_BYTES	64u
#define LARGE		16
#define LARGE_BYTES	(64ul << 10)

static void *area, *large[LARGE];
static struct kmem_cache *cache;

/* no page of it goes back: the driver still has them all */
static int fill_pool(void)
{
	struct page_pool_params params = {
		.pool_size = POOL_PAGES, .nid = NUMA_NO_NODE,
	};
	struct platform_device *device =
		platform_device_register_simple("holdmod", PLATFORM_DEVID_NONE,
						NULL, 0);
	struct page_pool *pool;
	unsigned int i;

	if (IS_ERR(device))
		return PTR_ERR(device);
	params.dev = &device->dev;
	pool = page_pool_create(&params);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	for (i = 0; i < POOL_PAGES; i++)
		if (!page_pool_alloc_pages(pool, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/* its name is the caller that vm_struct notes: not inlined, and no tail call */
static noinline int holdmod_area(void)
{
	area = vmalloc(AREA_BYTES);
	if (!area)
		return -ENOMEM;
	memset(area, 0x5a, AREA_BYTES);
	return 0;
}

static int sleep(void *unused)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		schedule();
	}
	return 0;
}

static int start_threads(void)
{
	struct task_struct *task;
	int i;

	for (i = 0; i < THREADS; i++) {
		task = kthread_run(sleep, NULL, "holdmod/%d", i);
		if (IS_ERR(task))
			return PTR_ERR(task);
	}
	return 0;
}

/* a cache with a constructor is never merged with another */
static void construct(void *object)
{
}

static int fill_slabs(void)
{
	unsigned int i;

	cache = kmem_cache_create("holdmod", OBJECT_BYTES, 0, 0, construct);
	for (i = 0; cache && i < OBJECTS; i++)
		if (!kmem_cache_alloc(cache, GFP_KERNEL))
			return -ENOMEM;
	for (i = 0; cache && i < LARGE; i++) {
		large[i] = kmalloc(LARGE_BYTES, GFP_KERNEL);
		if (!large[i])
			return -ENOMEM;
	}
	return cache ? 0 : -ENOMEM;
}

static int __init holdmod_init(void)
{
	int err = fill_pool();

	if (!err)
		err = holdmod_area();
	if (!err)
		err = start_threads();
	return err ? err : fill_slabs();
}

module_init(holdmod_init);
MODULE_DESCRIPTION("memory of the kernel, held in each way that has a name");
MODULE_LICENSE("GPL");
