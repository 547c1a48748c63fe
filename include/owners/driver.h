/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * driver.h - what a driver answers, and what it may look at
 *
 * Depends on layout.h (late facts), types.h, node.h, chain.h, block.h, finding.h. A
 * driver is one file in src/owners and one row of drivers.def.
 */
#ifndef OFL_DRIVER_H
#define OFL_DRIVER_H

#include "kernel/batch.h"
#include "kernel/block.h"
#include "kernel/chain.h"
#include "kernel/node.h"
#include "kernel/room.h"
#include "layout/layout.h"
#include "layout/types.h"
#include "owners/finding.h"

/** struct ofl_owner_page - a PageOffline page as an owner sees it */
struct ofl_owner_page {
	uint64_t pfn;
	uint64_t private;	/* balloon core: its balloon_dev_info */
	bool movable_ops;	/* ofl_page_has_movable_ops() */
};

/** enum ofl_refusal - does a driver refuse to let a range go? */
enum ofl_refusal { OFL_REFUSES_NOT, OFL_REFUSES_MAYBE, OFL_REFUSES };

/** struct ofl_env - what an owner may look at; all borrowed */
struct ofl_env {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_chain *chain;
	const struct ofl_blocks *blocks;
	struct ofl_owners *owners;	/* for names; NULL: none */
	const struct ofl_batches *batches;	/* NULL: not known */
	const struct ofl_room *room;	/* NULL: not known */
	const struct ofl_chain *node_chain;	/* NULL: there is none */
	struct ofl_types_base *types;	/* for ofl_types_open() */
};

/** struct ofl_device - one device as it is shown */
struct ofl_device {
	char name[24];		/* "virtio2"; "" if it has none */
	char note[160];		/* what is open or odd about it; "" */
	uint64_t kva;		/* the driver's struct; 0 if not found */
	bool gone;		/* no driver has it any more, and its memory stayed */
	const char *module;	/* its types would tell more; NULL: nothing lacks */
	const char *lost;	/* what cannot be read would tell more; NULL: nothing */
};

/** struct ofl_added - a range of memory that a driver added to the kernel */
struct ofl_added {
	unsigned int device;
	uint64_t start_pa, end_pa;	/* half-open */
	const char *never;	/* why nothing takes it away again; NULL: it can go */
};

/** struct ofl_shrinking - a device that has more memory than is wanted of it */
struct ofl_shrinking {
	uint64_t start_pfn, end_pfn;	/* all its units, half-open */
	uint64_t unit_pages;		/* each begins at a multiple of it */
	uint64_t requested_bytes, plugged_bytes;
};

#define OFL_MAX_COUNTERS	8
#define OFL_MAX_DETAILS		12
#define OFL_MAX_COMPLAINTS	16	/* two lists, all that can be wrong with each, counters */

/** struct ofl_counter - a number that the driver itself keeps */
struct ofl_counter {
	const char *name;	/* as the driver calls it; static */
	int64_t value;
};

/** struct ofl_detail - what else is worth knowing of a device */
struct ofl_detail {
	char name[28];
	char text[128];
};

/** struct ofl_complaint - what is wrong with a driver's records */
struct ofl_complaint {
	const struct ofl_finding_row *row;
	enum ofl_severity severity;	/* of the row, or an info */
	char text[160];
	uint64_t pfn;		/* the first page it is about */
	uint64_t pages;		/* 0: about no page in particular */
};

/** struct ofl_account - a device's records, to be compared with the pages */
struct ofl_account {
	struct ofl_counter counter[OFL_MAX_COUNTERS];
	unsigned int nr_counters;
	struct ofl_detail detail[OFL_MAX_DETAILS];
	unsigned int nr_details;
	struct ofl_complaint complaint[OFL_MAX_COMPLAINTS];
	unsigned int nr_complaints;
	unsigned int dropped;	/* of all three, for want of room */
	bool known;		/* @expected holds */
	const char *untold;	/* why not all was checked that can be; NULL: it was */
	int64_t expected;	/* PageOffline pages of online sections */
	int64_t not_in_node_stat;	/* of them, not in NR_BALLOON_PAGES */
	char in_flight[80];	/* what may make it differ right now; "" */
};

/* what does not fit any more is counted: see ofl_records_shortfall() */

/** ofl_account_counter() - @name: static, it is not copied */
void ofl_account_counter(struct ofl_account *a, const char *name,
			 int64_t value);
/** ofl_account_in_flight() - @why: in  as of at_work(); NULL: nothing is said */
void ofl_account_in_flight(struct ofl_account *a, const char *why);
void ofl_account_detail(struct ofl_account *a, const char *name,
			const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/**
 * ofl_account_complain() - what is wrong, and where
 * @explained: in  as of ofl_finding_severity()
 * @pages:     in  0: about no page in particular
 */
void ofl_account_complain(struct ofl_account *a, enum ofl_finding_id id,
			  bool explained, uint64_t pfn, uint64_t pages,
			  const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/**
 * ofl_mutex_held() - for at_work(): is the mutex at @kva held?
 *
 * Shape:  one of the texts, or NULL: it is not held.
 */
const char *ofl_mutex_held(const struct ofl_env *env, uint64_t kva,
			   const char *held, const char *unknown);

/**
 * struct ofl_owner_ops - a driver
 *
 * probe() runs once a session; in each command claim() for each PageOffline
 * page, ascending; account() at the end; then forget(). None of them prints.
 */
struct ofl_owner_ops {
	const char *name;	/* of its module, in columns and JSON: virtio_mem */
	char mark;		/* in a map; a small letter that no other has */
	/* what a person can do to get its pages back; NULL: as the rule has it */
	const char *next;
	/* asked only for pages that no other driver claims, in table order */
	bool last_resort;
	/* NR_BALLOON_PAGES counts its pages; BALLOON_INFLATE does */
	bool in_node_stat, in_vm_events;
	/*
	 * Of a balloon: how many marked pages it may have outside of its records
	 * while it is at work, at most.
	 */
	uint32_t batch_pages;
	/**
	 * has_batch - does this kernel leave the mark on such pages? May be NULL:
	 * it does
	 */
	bool (*has_batch)(const void *state);
	/**
	 * unseen - may a device be at work that devices() does not have? May be
	 * NULL: it has all
	 *
	 * Shape:  why that is not known; NULL: there is none. A static text. @state
	 *         is not NULL, and the answer is that of probe().
	 */
	const char *(*unseen)(const void *state);
	/**
	 * pages of memory that is onlined stay PG_reserved if it gives them
	 * to nobody: until v6.10, generic_online_page() clears the bit
	 */
	bool leaves_reserved;
	/**
	 * probe - find the driver's devices
	 *
	 * Memory: *@state is handed to the other calls and freed by free();
	 *         NULL: the driver is not in use here, nothing is called.
	 * Errors: OFL_ERR_NOMEM. A driver that is not there, or has records that
	 *         cannot be read, is no error: no devices, or a note.
	 */
	enum ofl_status (*probe)(const struct ofl_env *env, void **state,
				 struct ofl_err *err);
	void (*free)(void *state);
	/**
	 * blind - may the driver have pages here that claim() does not know?
	 * May be NULL
	 *
	 * Shape:  why, in words, or NULL: it would be seen. @state may be NULL.
	 */
	const char *(*blind)(const struct ofl_env *env, const void *state);
	/**
	 * wants - module of which the types would tell more; may be NULL
	 *
	 * Shape:  as "mod -s" takes it; NULL: none would.
	 */
	const char *(*wants)(const void *state);
	/**
	 * devices - number of devices
	 *
	 * Shape:  may grow until the last claim(). NULL: one, of no name.
	 */
	unsigned int (*devices)(const void *state);
	/**
	 * device - what is shown of one of them; may be NULL: nothing
	 * @ret: out  comes zeroed
	 */
	void (*device)(const void *state, unsigned int device,
		       struct ofl_device *ret);
	/**
	 * unlisted - may the driver have a device without pages that devices()
	 * does not have? May be NULL: it has all
	 * @text: in/out  why that is not known is appended; only if it may
	 */
	bool (*unlisted)(const void *state, struct ofl_text *text);
	/**
	 * claim - does the driver own this page? true: @ret but for owner is filled
	 * @ret: in/out  comes zeroed; end_pfn counts if it is false, too
	 *
	 * Shape: weak claims are those of pages that any driver may have got
	 *        from the kernel: OFL_MGO_KEEPS, plugged memory, or a region
	 *        without records, or OFL_EV_COUNTER, which proves nothing of
	 *        one page. False with a reason in @ret->blind: it may be the
	 *        driver's page, and what would tell is not known.
	 */
	bool (*claim)(void *state, const struct ofl_owner_page *p,
		      struct ofl_claim *ret);
	/**
	 * forget - a command is over: answers are again as right after probe()
	 *
	 * Shape:  may be NULL if claim() changes nothing. What was read may be
	 *         kept, as long as no answer shows that it is there already.
	 */
	void (*forget)(void *state);
	/**
	 * keep - remember which devices claims have made known in this command;
	 * resume - make them known again, and no others, as they were numbered
	 *
	 * Shape:  of the last keep() only, forget() or not. Both NULL if devices()
	 *         never grows.
	 * Errors: false: no memory.
	 */
	bool (*keep)(void *state);
	void (*resume)(void *state);
	/**
	 * is_called - is this entry of memory_chain the driver's? May be NULL
	 * @nb_kva: in  its notifier_block
	 *
	 * Shape:  true if the notifier_block lies in one of the driver's devices,
	 *         whether its function has a name or not.
	 */
	bool (*is_called)(const void *state, uint64_t nb_kva);
	/**
	 * refuses - will the driver refuse MEM_GOING_OFFLINE for these pages,
	 * whatever they are? May be NULL: it never does
	 */
	enum ofl_refusal (*refuses)(const void *state, uint64_t start_pfn,
				    uint64_t pages);
	/**
	 * account - the records of one device; may be NULL
	 * @ret: out  comes zeroed
	 */
	void (*account)(const void *state, unsigned int device,
			struct ofl_account *ret);
	/**
	 * at_work - is the device in the middle of taking or giving back pages?
	 * May be NULL: that is not to be seen
	 *
	 * Shape:  by what that is seen, in words, or that it is not known; NULL: it
	 *         is not. A static text.
	 *         account() says the same in in_flight.
	 */
	const char *(*at_work)(const void *state, unsigned int device);
	/**
	 * expects - by the records, has this page of an online section to be
	 * PageOffline? May be NULL; true: @ret as for claim()
	 * @ret: in/out  comes zeroed; end_pfn counts if it is false, too
	 */
	bool (*expects)(const void *state, uint64_t pfn, struct ofl_claim *ret);
	/**
	 * added - range @nr of memory that the driver added, from 0; may be NULL
	 * @ret: out  comes zeroed
	 *
	 * Errors: false: there are no more.
	 */
	bool (*added)(const void *state, unsigned int nr, struct ofl_added *ret);
	/**
	 * hinted - list of free blocks that a device holds for a while; may be
	 * NULL
	 * @head_kva: out  of its list_head; first pages of blocks, by page.lru
	 *
	 * Shape:  these are not PageOffline, and no claim is made to them.
	 * Errors: false: it has no such list, or where it is is not known.
	 */
	bool (*hinted)(const void *state, unsigned int device,
		       uint64_t *head_kva);
	/**
	 * shrinking - was a device asked to give back more than it has? May be
	 * NULL
	 *
	 * Shape:  it gives back units that alloc_contig_range() can empty.
	 * Errors: false: it was not, or what it has is not known.
	 */
	bool (*shrinking)(const void *state, unsigned int device,
			  struct ofl_shrinking *ret);
	/**
	 * keeps - is the unit of this page one that it could give back?
	 *
	 * Shape:  of a device for which shrinking() was true. NULL with that.
	 */
	bool (*keeps)(const void *state, unsigned int device, uint64_t pfn);
};

#define DRIVER(name) extern const struct ofl_owner_ops ofl_owner_##name;
#include "owners/drivers.def"
#undef DRIVER

#endif
