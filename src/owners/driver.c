// SPDX-License-Identifier: GPL-2.0-or-later
/* driver.c - what drivers write into an account of a device */
#include <stdarg.h>
#include <stdio.h>

#include "owners/driver.h"
#include "target/text.h"

#define MUTEX_FLAGS	7	/* low bits of mutex.owner, since v4.10 */

void ofl_account_counter(struct ofl_account *a, const char *name, int64_t value)
{
	if (a->nr_counters == OFL_MAX_COUNTERS)
		a->dropped++;
	else
		a->counter[a->nr_counters++] =
			(struct ofl_counter){ name, value };
}

void ofl_account_in_flight(struct ofl_account *a, const char *why)
{
	if (why)
		ofl_text_put(a->in_flight, sizeof(a->in_flight), "%s", why);
}

void ofl_account_detail(struct ofl_account *a, const char *name,
			const char *fmt, ...)
{
	struct ofl_detail *d = &a->detail[a->nr_details];
	va_list ap;

	if (a->nr_details == OFL_MAX_DETAILS) {
		a->dropped++;
		return;
	}
	snprintf(d->name, sizeof(d->name), "%s", name);
	va_start(ap, fmt);
	ofl_text_vput(d->text, sizeof(d->text), fmt, ap);
	va_end(ap);
	a->nr_details++;
}

void ofl_account_complain(struct ofl_account *a, enum ofl_finding_id id,
			  bool explained, uint64_t pfn, uint64_t pages,
			  const char *fmt, ...)
{
	struct ofl_complaint *c = &a->complaint[a->nr_complaints];
	va_list ap;

	if (a->nr_complaints == OFL_MAX_COMPLAINTS) {
		a->dropped++;
		return;
	}
	*c = (struct ofl_complaint){
		.row = &ofl_finding_rows[id],
		.severity = ofl_finding_severity(id, explained),
		.pfn = pfn, .pages = pages,
	};
	va_start(ap, fmt);
	ofl_text_vput(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	a->nr_complaints++;
}

/* kernel/locking/mutex.c: mutex_is_locked(); rtmutex.c: rt_mutex_owner() */
const char *ofl_mutex_held(const struct ofl_env *env, uint64_t kva,
			   const char *held, const char *unknown)
{
	uint64_t owner;

	if (!ofl_fact_read_u64(env->t, env->l, kva, OFL_F_MUTEX_OWNER, &owner))
		return unknown;
	return owner & ~(uint64_t)MUTEX_FLAGS ? held : NULL;
}
