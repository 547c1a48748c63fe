// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - what is known of a block, and which step it makes what */
#include <stdarg.h>

#include "judge/older.h"
#include "judge/report.h"
#include "target/text.h"

const enum ofl_step *ofl_step_order(const struct ofl_layout *l)
{
	static const enum ofl_step order[OFL_NR_STEPS] = {
		OFL_STEP_ZONE, OFL_STEP_HOLES, OFL_STEP_ISOLATE,
		OFL_STEP_NOTIFY, OFL_STEP_SCAN, OFL_STEP_DISSOLVE,
		OFL_STEP_TEST,
	};
	/* test_pages_in_a_zone() came behind walk_system_ram_range() */
	static const enum ofl_step before_v5_18[OFL_NR_STEPS] = {
		OFL_STEP_HOLES, OFL_STEP_ZONE, OFL_STEP_ISOLATE,
		OFL_STEP_NOTIFY, OFL_STEP_SCAN, OFL_STEP_DISSOLVE,
		OFL_STEP_TEST,
	};

	return ofl_blocks_zone_by_pages(l) ? before_v5_18 : order;
}

/* has_unmovable_pages(): zone_idx(zone) == ZONE_MOVABLE */
const struct ofl_zone *ofl_report_zone(const struct ofl_block_report *r)
{
	bool by_pages = !r->block->zone_kva;

	return r->several_zones || (by_pages && r->unknown) ? NULL : r->zone;
}

static bool in_movable_zone(const struct ofl_env *env,
			    const struct ofl_block_report *r)
{
	return r->zone && r->zone->type ==
		ofl_fact_value(env->l, OFL_F_ZONE_MOVABLE, -1);
}

enum ofl_outcome ofl_report_outcome(const struct ofl_env *env,
				    const struct ofl_block_report *r,
				    enum ofl_kind kind)
{
	const struct ofl_rule_row *row = &ofl_rule_rows[kind];

	/* another mark may mean another rule: aa218795cb5f knows one mark */
	if (row->offline && env->l->new_marks[0])
		return OFL_OUT_UNKNOWN;
	if (!r->zone && row->movable != row->other)
		return OFL_OUT_UNKNOWN;
	return ofl_older_outcome(env->l, kind, in_movable_zone(env, r));
}

enum ofl_step ofl_report_step(const struct ofl_env *env,
			      const struct ofl_block_report *r,
			      enum ofl_kind kind)
{
	return ofl_older_step(env->l, kind, in_movable_zone(env, r));
}

void ofl_report_because(struct ofl_block_report *r, enum ofl_step step,
			enum ofl_outcome out, const char *fmt, ...)
{
	va_list ap;

	if (ofl_outcome_worse(r->step[step], out) == r->step[step])
		return;
	r->step[step] = out;
	va_start(ap, fmt);
	ofl_text_vput(r->why[step], sizeof(r->why[step]), fmt, ap);
	va_end(ap);
}

/* the first page that makes the scan come to @out; UINT64_MAX: none does */
uint64_t ofl_report_first_in_scan(const struct ofl_env *env,
				  const struct ofl_block_report *r,
				  enum ofl_outcome out)
{
	uint64_t pfn = UINT64_MAX;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].pages && r->kind[k].pfn[0] < pfn &&
		    ofl_report_step(env, r, (enum ofl_kind)k) == OFL_STEP_SCAN &&
		    ofl_report_outcome(env, r, (enum ofl_kind)k) == out)
			pfn = r->kind[k].pfn[0];
	return pfn;
}
