// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome.c - the words for what becomes of pages, steps and blocks */
#include "judge/outcome.h"
#include "owners/next_texts.h"

const struct ofl_outcome_row ofl_outcome_rows[OFL_NR_OUTCOMES] = {
#define OUTCOME(id, rank, passes, page, step, block, ...) \
	[OFL_OUT_##id] = { rank, passes, page, step, block },
#include "judge/outcomes.def"
#undef OUTCOME
};

const struct ofl_step_row ofl_step_rows[OFL_NR_STEPS] = {
#define STEP(id, text, reason, passes, blocked_next, retries_next, unknown_next) \
	[OFL_STEP_##id] = { text, reason, passes, \
			    blocked_next, retries_next, unknown_next },
	OFL_STEPS(STEP)
#undef STEP
};

const struct ofl_plain_row ofl_plain_rows[OFL_NR_PLAIN] = {
#define PLAIN(id, outcome, code, reason, next) \
	[OFL_PLAIN_##id] = { OFL_OUT_##outcome, code, reason, next },
	OFL_PLAIN_VERDICTS(PLAIN)
#undef PLAIN
};

/* each rank once: a number used twice, or too large, does not compile */
enum {
#define OUTCOME(id, rank, ...) OFL_RANK_##rank = 1u << rank,
#include "judge/outcomes.def"
#undef OUTCOME
#define OUTCOME(id, rank, ...) | OFL_RANK_##rank
	OFL_ALL_RANKS = 0
#include "judge/outcomes.def"
};
_Static_assert(OFL_ALL_RANKS == (1 << OFL_NR_OUTCOMES) - 1,
	       "ranks are 0 to the number of outcomes");
#undef OUTCOME

enum ofl_outcome ofl_outcome_of_rank(unsigned int rank)
{
	unsigned int out = 0;

	while (ofl_outcome_rows[out].rank != rank)
		out++;
	return (enum ofl_outcome)out;
}
