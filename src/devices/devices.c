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

/* memory of the boot may be a DIMM's or an LMB's: were these asked? */
static bool asked_all(const struct ofl_memdevs *d)
{
	return !d->missing &&
	       (ofl_fact_known(d->env->l, OFL_F_ACPI_MEM_DEVICE) ||
		ofl_fact_known(d->env->l, OFL_F_LMB_FLAGS));
}

static int by_address(const void *a, const void *b)
{
	const struct ofl_memdev_span *x = a, *y = b;

	return x->start_pa < y->start_pa ? -1 : x->start_pa > y->start_pa;
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

		if (kind->find && !kind->find(d) && !d->missing)
			d->missing = kind->name;
		if (d->nr_spans)
			qsort(d->span, d->nr_spans, sizeof(*d->span),
			      by_address);
		d->sorted = d->nr_spans;
	}
	if (!asked_all(d))
		d->boot.never = NULL;
	return d->no_memory ? ofl_fail(err, OFL_ERR_NOMEM,
				       "no memory for the memory devices") :
			      OFL_OK;
}
