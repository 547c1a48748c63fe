// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * managed.c - memory that a driver added in its own name
 *
 * add_memory_driver_managed() wants a resource called "System RAM (DRIVER)",
 * and the driver puts it below the resource of its device: dax0.0 of kmem.
 */
#include <stdio.h>
#include <string.h>

#include "devices/memdevs.h"
#include "kernel/iomem.h"
#include "target/count.h"

/** struct walk - the resource that was last met at each depth */
struct walk {
	struct ofl_memdevs *d;
	struct ofl_res above[OFL_IOMEM_DEPTH];
	bool nameless;
};

/* "kmem" of "System RAM (kmem)"; false: no driver manages it */
static bool driver_of(const struct ofl_res *r, char *buf, size_t bytes)
{
	static const char head[] = "System RAM (";
	const char *name = r->name + sizeof(head) - 1;
	size_t len;

	if (!(r->flags & OFL_IORES_SYSRAM) ||
	    strncmp(r->name, head, sizeof(head) - 1))
		return false;
	len = strcspn(name, ")");
	if (!len || strcmp(name + len, ")") || len >= bytes)
		return false;
	snprintf(buf, bytes, "%.*s", (int)len, name);
	return true;
}

static enum ofl_status visit(void *arg, const struct ofl_res *r)
{
	struct walk *w = arg;
	const struct ofl_res *parent = r->depth ? &w->above[r->depth - 1] : NULL;
	char driver[24];
	struct ofl_memdev *dev;

	w->above[r->depth] = *r;
	w->nameless |= r->flags & OFL_IORES_SYSRAM && !r->name[0];
	if (!driver_of(r, driver, sizeof(driver)))
		return OFL_OK;
	/* the device's name is that of the resource above, if it has one */
	dev = ofl_memdevs_add(w->d, &ofl_memdev_managed,
			      parent && parent->name[0] ? parent->name : driver,
			      false, r->start_pa, r->last_pa + 1);
	if (dev)
		ofl_text_put(dev->note, sizeof(dev->note), "added by %s",
			     driver);
	return OFL_OK;
}

static bool find(struct ofl_memdevs *d)
{
	struct walk w = { .d = d };

	return !ofl_iomem_walk(&d->t, d->env->l, visit, &w) && !w.nameless;
}

/* dev_dax_kmem_remove(): remove_memory() wants every block offline */
const struct ofl_memdev_kind ofl_memdev_managed = {
	.name = "managed",
	.evidence = "iomem_resource: System RAM (DRIVER), and the resource above it",
	.what = "device whose driver added the memory in its own name: `dax0.0` of dax_kmem",
	.next = "offline all its blocks, then unbind the driver (daxctl reconfigure-device -m devdax)",
	.next_held = "its blocks have to be offline before the driver is unbound: next time online them to ZONE_MOVABLE (daxctl online-memory)",
	.find = find,
};
