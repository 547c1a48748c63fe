/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loss.h - a target that remembers what it was asked, and can lose answers
 *
 * Stands between the core and a text target. While it notes, every answer that
 * a command was given is an item; afterwards any set of items can be lost: a
 * fact is not known then, and a read that touches lost memory fails.
 */
#ifndef LOSS_H
#define LOSS_H

#include <stdio.h>

#include "texttarget.h"

/** enum loss_kind - what an answer is about */
enum loss_kind {
	LOSS_SYMBOL, LOSS_SYMBOL_AT, LOSS_SYMBOL_IN, LOSS_STRUCT, LOSS_MEMBER,
	LOSS_ENUMERATOR, LOSS_ARRAY, LOSS_VMCOREINFO, LOSS_HOST, LOSS_PHYSICAL,
	LOSS_MEM,
	LOSS_NR_KINDS
};

/** struct loss_item - one question with its answer */
struct loss_item {
	enum loss_kind kind;
	char *name;		/* of a fact, "TYPE.MEMBER" of a member; owned */
	uint64_t kva, bytes;	/* LOSS_MEM; LOSS_PHYSICAL, in pages; a symbol's kva */
	bool given;		/* there is an answer */
	uint64_t a, b;		/* the answer, if it is of numbers */
	char *text;		/* if it is a text; owned */
	bool lost;
};

/** struct loss_target - the target */
struct loss_target {
	struct ofl_target target;	/* give &target to the core */
	bool noting;
	enum ofl_read how;		/* what a read of lost memory says ... */
	bool zeros;			/* ... unless it says zeros */

	/* private */
	const struct ofl_target *from;	/* borrowed */
	struct loss_item *item;		/* in the order of first questions */
	size_t nr, room;
	size_t *slot;			/* hash: index of an item and 1, or 0 */
	size_t nr_slots;
	const struct loss_item **mem;	/* lost memory */
	size_t nr_mem, mem_room;
};

/**
 * loss_init() - a target that answers as @from does
 *
 * Memory: loss_free().
 */
void loss_init(struct loss_target *lt, const struct ofl_target *from);
void loss_free(struct loss_target *lt);

/** loss_piece() - make a piece of memory an item; -> its index */
size_t loss_piece(struct loss_target *lt, uint64_t kva, uint64_t bytes);

/** loss_take() - lose item @i; twice is fine */
void loss_take(struct loss_target *lt, size_t i);

/** loss_give_back() - lose nothing any more */
void loss_give_back(struct loss_target *lt);

/** loss_print() - the item in words: "member page.flags", "mem KVA BYTES" */
void loss_print(const struct loss_item *item, FILE *f);

#endif
