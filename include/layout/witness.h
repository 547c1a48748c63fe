/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness.h - ask the witnesses of one fact, and compare what they say
 *
 * Depends on facts.h and target.h.
 */
#ifndef OFL_WITNESS_H
#define OFL_WITNESS_H

#include "layout/facts.h"
#include "target/target.h"

/** struct ofl_fact - what a row came to in this dump */
struct ofl_fact {
	bool known;
	int64_t value;
	char source[64];	/* the preferred witness that answered, as text */
};

/**
 * ofl_fact_load() - ask every witness of one row
 *
 * Shape:  @ret->known stays false when none answered; that is no error. What
 *         the host has by architecture counts only where nothing else answers.
 * Errors: OFL_ERR_CONFLICT.
 */
enum ofl_status ofl_fact_load(const struct ofl_target *t,
			      const struct ofl_fact_row *row,
			      struct ofl_fact *ret, struct ofl_err *err);

/** ofl_witness_text() - a witness in words, for sources and errors */
void ofl_witness_text(const struct ofl_witness *w, char *buf, size_t bytes);

#endif
