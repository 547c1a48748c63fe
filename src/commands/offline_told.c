// SPDX-License-Identifier: GPL-2.0-or-later
/* offline_told.c - what drivers' records say of their devices, for one screen */
#include <stdlib.h>
#include <string.h>

#include "commands/offline_told.h"
#include "kernel/vmstat.h"
#include "target/count.h"
#include "target/text.h"

/*
 * Counters that say what a device has and should have, by their kernel names,
 * and of how many bytes each is a number; 0: of pages
 */
static const struct {
	const struct ofl_owner_ops *owner;
	const char *counter, *word;
	uint64_t unit_bytes;
} has[] = {
	{ &ofl_owner_virtio_mem, "plugged_size", "plugged", 1 },
	{ &ofl_owner_virtio_mem, "requested_size", "requested", 1 },
	{ &ofl_owner_xen, "current_pages", "guest has", 0 },
	{ &ofl_owner_xen, "target_pages", "target", 0 },
	/* VMW_BALLOON_2M_ORDER is of frames of 4 KiB, whatever a page is */
	{ &ofl_owner_vmballoon, "size", "has", 4096 },
	{ &ofl_owner_vmballoon, "target", "target", 4096 },
	{ &ofl_owner_cmm, "loaned_pages", "loaned", 0 },
	{ &ofl_owner_cmm, "loaned_pages_target", "target", 0 },
};

static void say_has(const struct ofl_layout *l, const struct ofl_account *a,
		    struct ofl_told_device *d)
{
	struct ofl_text text = ofl_text_over(d->has, sizeof(d->has));
	unsigned int n;
	char size[24];
	size_t i;

	for (i = 0; i < OFL_COUNT(has); i++)
		for (n = 0; n < a->nr_counters; n++) {
			if (has[i].owner != d->owner || a->counter[n].value < 0 ||
			    strcmp(has[i].counter, a->counter[n].name))
				continue;
			ofl_size_text((uint64_t)a->counter[n].value *
				      (has[i].unit_bytes ? has[i].unit_bytes :
				       l->page_bytes), size, sizeof(size));
			ofl_text_item(&text, ", ", "%s %s", has[i].word, size);
		}
}

static void find_finding(const struct ofl_account *a, struct ofl_told_device *d)
{
	const struct ofl_complaint *c;

	for (c = a->complaint; c < a->complaint + a->nr_complaints; c++) {
		if (c->row->about != OFL_ABOUT_AMOUNT)
			continue;
		d->finding = c->row;
		d->severity = c->severity;
		ofl_text_put(d->reason, sizeof(d->reason), "%s", c->text);
	}
}

static void ask(const struct ofl_analysis *a, size_t owner, unsigned int device,
		struct ofl_told_device *ret)
{
	const struct ofl_owner_ops *ops = ofl_owner_table[owner];
	struct ofl_account account = { .known = false };
	struct ofl_device d;

	ofl_owner_show(&a->owners, owner, device, &d);
	*ret = (struct ofl_told_device){ .owner = ops, .device = device,
					 .gone = d.gone };
	memcpy(ret->name, d.name, sizeof(ret->name));
	if (!ops->account)
		return;
	ofl_missed_what(a->env.t, ops->name);
	ops->account(a->owners.state[owner], device, &account);
	ofl_missed_what(a->env.t, NULL);
	find_finding(&account, ret);
	ret->untold = account.untold;
	say_has(a->env.l, &account, ret);
}

static void ask_churn(const struct ofl_analysis *a, struct ofl_told *told)
{
	int64_t in, out;

	told->churn_known =
		ofl_vm_event(a->env.t, a->env.l, OFL_F_BALLOON_INFLATE, &in) &&
		ofl_vm_event(a->env.t, a->env.l, OFL_F_BALLOON_DEFLATE, &out) &&
		in >= 0 && out >= 0;
	if (!told->churn_known)
		return;
	told->inflated = (uint64_t)in;
	told->deflated = (uint64_t)out;
}

void ofl_told_load(const struct ofl_analysis *a, struct ofl_told *ret)
{
	struct ofl_told_device *more;
	unsigned int nr, n;
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		nr = ofl_owner_devices(&a->owners, i);
		more = nr ? realloc(ret->device, (ret->nr + nr) * sizeof(*more)) :
			    NULL;
		ret->lost |= nr && !more;
		if (!more)
			continue;
		ret->device = more;
		for (n = 0; n < nr; n++)
			ask(a, i, n, &ret->device[ret->nr++]);
	}
	if (ret->nr)
		ask_churn(a, ret);
}

void ofl_told_free(struct ofl_told *told)
{
	free(told->device);
	*told = (struct ofl_told){ .nr = 0 };
}

const struct ofl_told_device *ofl_told_of(const struct ofl_told *told,
					  const struct ofl_owner_ops *owner,
					  unsigned int device)
{
	size_t i;

	for (i = 0; owner && i < told->nr; i++)
		if (told->device[i].owner == owner &&
		    told->device[i].device == device)
			return &told->device[i];
	return NULL;
}
