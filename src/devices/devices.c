// SPDX-License-Identifier: GPL-2.0-or-later
/* devices.c - ask all kinds for their devices */
#include <stdlib.h>
#include <string.h>

#include "devices/devices.h"

const struct ofl_memdev_kind *const ofl_memdev_kinds[] = {
#define KIND(name) &ofl_memdev_##name,
#include "devices/kinds.def"
#undef KIND
	&ofl_memdev_boot,
	NULL
};

const struct ofl_memdev_kind ofl_memdev_boot = {
	.name = "boot",
	.evidence = "SECTION_IS_EARLY of its memory section, and no kind above has it",
	.what = "`boot`: memory that the kernel had when it started, and that belongs to none of these devices",
	.never = "memory of the boot: no device has it",
};

static int by_address(const void *a, const void *b)
{
	const struct ofl_memdev_span *x = a, *y = b;

	return x->start_pa < y->start_pa ? -1 : x->start_pa > y->start_pa;
}

/* what a kind gave is sorted; two devices with the same memory are a damage */
static void sort_spans(struct ofl_memdevs *d, const struct ofl_memdev_kind *kind)
{
	size_t i;

	if (d->nr_spans)
		qsort(d->span, d->nr_spans, sizeof(*d->span), by_address);
	for (i = 1; i < d->nr_spans; i++)
		if (d->span[i].start_pa < d->span[i - 1].end_pa &&
		    d->span[i].device != d->span[i - 1].device)
			ofl_memdevs_missing(d, kind);
	d->sorted = d->nr_spans;
}

/* memory of the boot may be a DIMM's or an LMB's: were these asked? */
static void doubt_rest(struct ofl_memdevs *d)
{
	size_t i;

	if (d->missing || !d->asked_boot)
		d->boot.never = NULL;
	for (i = 0; i < d->nr; i++)
		d->device[i].unsure = d->missing && d->device[i].kind->rest;
}

enum ofl_status ofl_memdevs_load(const struct ofl_env *env,
				 struct ofl_memdevs *d, struct ofl_err *err)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->env = env;
	d->t = *env->t;
	d->t.missed = NULL;
	d->boot = (struct ofl_memdev){ .kind = &ofl_memdev_boot, .name = "boot",
				       .never = ofl_memdev_boot.never };
	for (i = 0; ofl_memdev_kinds[i]; i++) {
		const struct ofl_memdev_kind *kind = ofl_memdev_kinds[i];

		if (kind->find && !kind->find(d))
			ofl_memdevs_missing(d, kind);
		sort_spans(d, kind);
	}
	/* mem_section has either since sections have pageblocks: see is_early() */
	if (!ofl_fact_known(env->l, OFL_F_SECTION_USAGE) &&
	    !ofl_fact_known(env->l, OFL_F_SECTION_PAGEBLOCKS))
		ofl_memdevs_missing(d, &ofl_memdev_boot);
	doubt_rest(d);
	return d->no_memory ? ofl_fail(err, OFL_ERR_NOMEM,
				       "no memory for the memory devices") :
			      OFL_OK;
}
