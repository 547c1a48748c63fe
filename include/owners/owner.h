/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner.h - which driver holds a PageOffline page
 *
 * Depends on driver.h. Asks the drivers of drivers.def; nothing else knows
 * them. A page that no driver claims is an orphan.
 */
#ifndef OFL_OWNER_H
#define OFL_OWNER_H

#include "owners/driver.h"
#include "target/text.h"

/** all drivers, the surest evidence first */
extern const struct ofl_owner_ops *const ofl_owner_table[];
#define OFL_MAX_OWNERS 16

/** struct ofl_owners - the drivers of this dump */
struct ofl_owners {
	const struct ofl_target *t;	/* borrowed; for what its reads are for */
	void *state[OFL_MAX_OWNERS];
	/* by driver and device: names that were asked for; NULL: not yet */
	struct ofl_names {
		char **name;			/* owned, and so are they */
		unsigned int nr;
	} names[OFL_MAX_OWNERS];
	bool unnamed;	/* this command lacked the memory for one of them */
	/* by driver: why it may have pages that are not known; NULL: it has none */
	const char *why[OFL_MAX_OWNERS];
	unsigned int nr_blind;	/* of them, not NULL */
	/* pages without owner are unknown, not orphans: why; NULL: all asked */
	const char *blind;
	/* balloons at work, which have pages in no records; owned; NULL: none */
	struct ofl_flight {
		bool asked;		/* all below: when the first page wants it */
		bool at_work[OFL_MAX_OWNERS];	/* by driver */
		unsigned int nr_at_work;	/* of them */
		uint64_t pages;		/* that these have so, at most */
		char why[160];		/* by what that is seen, of the first */
		const char *unseen;	/* there may be others; NULL: there are none */
	} *flight;
};

/** ofl_owners_probe() - find all drivers; ofl_owners_free() also after a failure */
enum ofl_status ofl_owners_probe(const struct ofl_env *env,
				 struct ofl_owners *o, struct ofl_err *err);
void ofl_owners_free(struct ofl_owners *o);

/** ofl_owners_forget() - a command is over: the next one asks from the start */
void ofl_owners_forget(struct ofl_owners *o);

/**
 * ofl_owners_keep() - remember the devices that claims have made known
 *
 * Errors: false: no memory.
 */
bool ofl_owners_keep(const struct ofl_owners *o);

/** ofl_owners_resume() - devices are known, and numbered, as at the last keep */
void ofl_owners_resume(const struct ofl_owners *o);

/**
 * ofl_owners_claim() - which driver owns the page; owner NULL: none
 *
 * Shape: the best evidence wins; a second owner with proof is the rival. The
 *        claim's end_pfn is as far as all drivers' answers go, and behind @p.
 *        While a balloon is at work, a page that no records prove to be
 *        somebody's, and that does not point to a device, may be in its batch:
 *        in_flight, and blind says why. While a balloon may be there of which
 *        it is not known whether it is at work, blind says that.
 *
 * Source: balloon_page_finalize(): since v6.17 mark and movable operations stay
 *         on a page until it is free, a while after it has left its list.
 */
void ofl_owners_claim(const struct ofl_owners *o,
		      const struct ofl_owner_page *p, struct ofl_claim *ret);

/** ofl_claim_pages() - of @pages like pages from @pfn on, for how many it holds */
static inline uint64_t ofl_claim_pages(const struct ofl_claim *claim,
				       uint64_t pfn, uint64_t pages)
{
	uint64_t most = claim->end_pfn > pfn ? claim->end_pfn - pfn : 1;

	return pages < most ? pages : most;
}

/**
 * ofl_owners_expect() - has it to be PageOffline by any driver's records?
 *
 * Shape: @ret->end_pfn holds for false, too, and lies behind @pfn.
 */
bool ofl_owners_expect(const struct ofl_owners *o, uint64_t pfn,
		       struct ofl_claim *ret);

/** ofl_owners_in_flight() - pages that balloons at work have in no records, at most */
uint64_t ofl_owners_in_flight(const struct ofl_owners *o);

/** ofl_owners_busy() - is the claim's device at work? its records may lag behind */
bool ofl_owners_busy(const struct ofl_owners *o, const struct ofl_claim *claim);

/** ofl_owners_called() - driver of this entry of memory_chain; NULL: none */
const struct ofl_owner_ops *ofl_owners_called(const struct ofl_owners *o,
					      uint64_t nb_kva);

/**
 * ofl_owners_refusing() - does a driver refuse to let these pages go?
 * @who: out  which; NULL: none. One that is certain to comes before one that may
 */
enum ofl_refusal ofl_owners_refusing(const struct ofl_owners *o,
				     uint64_t start_pfn, uint64_t pages,
				     const struct ofl_owner_ops **who);

#define OFL_ORPHAN	"orphan"
#define OFL_NOT_KNOWN	"unknown"

/**
 * ofl_owner_name() - the claim's owner for a column
 *
 * Shape:  "orphan" without owner, "unknown" if not every driver could be asked.
 */
const char *ofl_owner_name(const struct ofl_claim *claim);

/**
 * ofl_owner_device() - the claim's device by name; @o may be NULL
 *
 * Errors: "" if it has none; also without memory for it, which
 *         ofl_owners_lost() tells until ofl_owners_forget().
 */
const char *ofl_owner_device(struct ofl_owners *o,
			     const struct ofl_claim *claim);

/** ofl_owners_hint() - say which modules' types would tell more, if any would */
void ofl_owners_hint(const struct ofl_owners *o, const struct ofl_target *t,
		     struct ofl_text *text);

/** ofl_owner_devices() - how many devices driver @i of the table has */
unsigned int ofl_owner_devices(const struct ofl_owners *o, size_t i);

/** ofl_owners_lost() - what of a device cannot be read, or NULL: of none */
const char *ofl_owners_lost(const struct ofl_owners *o);

/**
 * ofl_owners_unlisted() - say that a device may not be among those that are known
 * @only: in  ask this driver alone; NULL: all
 * @text: in/out  "; virtio_mem: why" for each driver that may have one
 *
 * Shape:  false: all are, and nothing is said. Such a device has no pages, so
 *         only a list of devices lacks something.
 */
bool ofl_owners_unlisted(const struct ofl_owners *o,
			 const struct ofl_owner_ops *only, struct ofl_text *text);

/**
 * ofl_owners_missing() - modules whose types would tell more about owners
 * @text: inout  their names are appended, separated by blanks
 * @bare: out    the user has loaded a file of one, which has none of its types
 *
 * Errors: false if there is none such.
 */
bool ofl_owners_missing(const struct ofl_owners *o, const struct ofl_target *t,
			struct ofl_text *text, bool *bare);

/** ofl_owners_want_types() - would types of some module tell more? */
bool ofl_owners_want_types(const struct ofl_owners *o);

/** ofl_owner_show() - what is shown of a device of driver @i of the table */
void ofl_owner_show(const struct ofl_owners *o, size_t i, unsigned int device,
		    struct ofl_device *ret);

/** struct ofl_owner_choice - whose pages are wanted (-O) */
struct ofl_owner_choice {
	const struct ofl_owner_ops *owner;	/* NULL: pages without one, */
	bool unknown;		/* because it is not known; else orphans */
};

/**
 * ofl_owner_find() - whose pages, by name; false: no such, neither "orphan" nor
 * "unknown"
 * @name: in  of its module, in any case, with - or _
 */
bool ofl_owner_find(const char *name, struct ofl_owner_choice *ret);

/** ofl_owner_chosen() - is it the owner that the claim is of? */
static inline bool ofl_owner_chosen(const struct ofl_owner_choice *c,
				    const struct ofl_claim *claim)
{
	return claim->owner == c->owner &&
	       (c->owner || c->unknown == (claim->blind != NULL));
}

/** ofl_owner_check() - OFL_ERR_ARG, with all names, if there is no such owner */
enum ofl_status ofl_owner_check(const char *name, struct ofl_err *err);

#endif
