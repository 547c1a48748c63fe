/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owner.h - which driver holds a PageOffline page
 *
 * Depends on layout.h (late facts), node.h, chain.h, rule.h, types.h. A driver
 * is one file in src/owners and one row of ofl_owner_table: nothing else knows
 * it. Nobody is an owner too: a page that no driver claims is an orphan.
 */
#ifndef OFL_OWNER_H
#define OFL_OWNER_H

#include "chain.h"
#include "layout.h"
#include "node.h"
#include "rule.h"

/** enum ofl_evidence - how an owner knows that a page is his */
enum ofl_evidence {
	OFL_EV_NONE,
	OFL_EV_BITMAP,		/* the driver's books list the very page */
	OFL_EV_RANGE,		/* inside of a region that only he has */
	OFL_EV_LIST,		/* on the driver's list */
	OFL_EV_POINTER,		/* struct page points back to the device */
	OFL_EV_COUNTER,		/* nobody else, and his counter fits */
	OFL_NR_EVIDENCE
};

/** struct ofl_claim - an owner's answer about one page */
struct ofl_claim {
	const struct ofl_owner_ops *owner;	/* NULL: nobody's */
	unsigned int device;			/* index at this owner */
	enum ofl_evidence evidence;
	enum ofl_mgo mgo;
};

/** struct ofl_owner_page - a PageOffline page as an owner sees it */
struct ofl_owner_page {
	uint64_t pfn;
	uint64_t page_kva;
	uint64_t flags;		/* raw page->flags */
	uint64_t private;	/* balloon core: its balloon_dev_info */
	uint64_t lru_next;	/* page->lru.next */
	int32_t refcount;
	bool movable_ops;
};

/** struct ofl_env - what an owner may look at; all borrowed */
struct ofl_env {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_chain *chain;
};

#define OFL_MAX_DEVICES 64

/** struct ofl_device - one device as it is shown */
struct ofl_device {
	char name[24];		/* "virtio2"; "" if it has none */
	char note[160];		/* what is open or odd about it; "" */
	uint64_t kva;		/* the driver's struct; 0 if not found */
};

/**
 * struct ofl_owner_ops - a driver
 *
 * probe() runs once a command, before the scan; claim() for each PageOffline
 * page, ascending. Neither prints.
 */
struct ofl_owner_ops {
	const char *name;	/* in columns and JSON: virtio-mem */
	/**
	 * probe - find the driver's devices
	 *
	 * Memory: *@state is handed to the other calls and freed by free().
	 * Errors: OFL_ERR_NOMEM. A driver that is not there, or whose books
	 *         cannot be read, is no error: no devices, or a note.
	 */
	enum ofl_status (*probe)(const struct ofl_env *env, void **state,
				 struct ofl_err *err);
	void (*free)(void *state);
	/** devices - number of devices; names in @ret[0..OFL_MAX_DEVICES) */
	unsigned int (*devices)(const void *state, struct ofl_device *ret);
	/**
	 * claim - is this page his? true: @ret but for owner is filled
	 *
	 * Shape: OFL_MGO_KEEPS says that the page lies in memory that the
	 *        device has given to the kernel: anybody may have ballooned it
	 *        since, so the claim of any other owner goes before it.
	 */
	bool (*claim)(const void *state, const struct ofl_owner_page *p,
		      struct ofl_claim *ret);
};

extern const struct ofl_owner_ops ofl_owner_virtio_mem;

/** all drivers, the surest evidence first */
extern const struct ofl_owner_ops *const ofl_owner_table[];
#define OFL_MAX_OWNERS 12

/** struct ofl_owners - the drivers of this dump */
struct ofl_owners {
	void *state[OFL_MAX_OWNERS];
};

/** ofl_owners_probe() - ask them all; ofl_owners_free() also after a failure */
enum ofl_status ofl_owners_probe(const struct ofl_env *env,
				 struct ofl_owners *o, struct ofl_err *err);
void ofl_owners_free(struct ofl_owners *o);

/** ofl_owners_claim() - who owns the page; owner NULL: nobody does */
void ofl_owners_claim(const struct ofl_owners *o,
		      const struct ofl_owner_page *p, struct ofl_claim *ret);

/** ofl_owner_name() - the claim's owner for a column: "-" for nobody */
const char *ofl_owner_name(const struct ofl_claim *claim);

#endif
