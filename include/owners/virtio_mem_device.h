/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_mem_device.h - a virtio-mem device, as its driver records it
 *
 * Depends on driver.h, field.h, iomem.h. Nothing here looks for devices: that is
 * virtio_mem.c.
 */
#ifndef OFL_VIRTIO_MEM_DEVICE_H
#define OFL_VIRTIO_MEM_DEVICE_H

#include "kernel/iomem.h"
#include "owners/field.h"
#include "owners/driver.h"

#define OFL_VMEM_MAX_BYTES	(64u << 20)	/* of one bitmap or array */
#define OFL_VMEM_STATES		20

enum ofl_vmem_field {
	OFL_VMEM_NOTIFIER, OFL_VMEM_ADDR, OFL_VMEM_REGION_SIZE,
	OFL_VMEM_REMOVING, OFL_VMEM_IN_SBM,
	OFL_VMEM_FIRST_MB, OFL_VMEM_NEXT_MB, OFL_VMEM_SB_SIZE,
	OFL_VMEM_SBS_PER_MB, OFL_VMEM_SB_STATES,
	OFL_VMEM_FIRST_BB, OFL_VMEM_NEXT_BB, OFL_VMEM_BB_SIZE,
	OFL_VMEM_BB_STATES,
	OFL_VMEM_PLUGGED_SIZE, OFL_VMEM_REQUESTED_SIZE, OFL_VMEM_OFFLINE_SIZE,
	OFL_VMEM_MB_STATES, OFL_VMEM_MB_COUNT,
	OFL_VMEM_MUTEX, OFL_VMEM_HOTPLUG_ACTIVE, OFL_VMEM_WQ_ACTIVE,
	OFL_VMEM_NR_FIELDS
};

/** struct ofl_vmem_state_row - a state of a memory block, or big block, in SBM or BBM */
struct ofl_vmem_state_row {
	const char *name, *text;
	enum {
		OFL_VMEM_NOT_ADDED,	/* there is no memory block */
		OFL_VMEM_OFFLINE,
		OFL_VMEM_ONLINE,
	} is;
	bool partial;		/* units may be given back */
};

/* ends with a NULL name; at most OFL_VMEM_STATES */
extern const struct ofl_vmem_state_row ofl_vmem_mb_states[];
extern const struct ofl_vmem_state_row ofl_vmem_bb_states[];

/** struct ofl_vmem_device - one virtio-mem device */
struct ofl_vmem_device {
	char name[24];
	uint64_t kva;			/* 0: known by its region only */
	uint64_t start_pa, end_pa;	/* its region, half-open */
	bool gone;			/* the driver; the region stayed */
	bool records;			/* what follows was read */
	bool removing, removing_known;
	bool sbm;
	uint64_t first_id, next_id;	/* of memory blocks, or big blocks */
	uint64_t unit_bytes;		/* sub-block, or big block */
	uint64_t units_per_mb;		/* SBM only */
	union {
		unsigned char *map;
		uint64_t *plugged;	/* SBM: bitmap, 1 is plugged */
		uint8_t *states;	/* BBM: one a big block */
	};
	uint64_t map_bytes;
	char note[160];
};

/** struct ofl_vmem - the driver in this dump */
struct ofl_vmem {
	const struct ofl_env *env;
	uint64_t page_bytes, block_bytes;
	struct ofl_place at[OFL_VMEM_NR_FIELDS];
	int64_t fake_offline;		/* VIRTIO_MEM_BBM_BB_FAKE_OFFLINE */
	int64_t mb_state[OFL_VMEM_STATES];	/* -1: this kernel has none such */
	int64_t bb_state[OFL_VMEM_STATES];
	enum ofl_types_source source;
	struct ofl_vmem_device *dev;	/* owned */
	unsigned int nr;
	struct ofl_res parent;		/* while walking the tree: last region */
	bool no_memory;			/* for all devices */
	bool unnamed;			/* a region may be one, its name is lost */
	bool driver_maybe;		/* a callback may be the driver's */
	bool driver_here;		/* one is, by its name or its struct */
	unsigned int nr_called;		/* callbacks with the driver's name: one a device */
	bool tree_known;		/* the iomem tree was walked to its end */
};

/**
 * ofl_vmem_get() - read a member of a struct virtio_mem
 *
 * Errors: false if this kernel has none such, or it cannot be read.
 */
bool ofl_vmem_get(const struct ofl_vmem *st, uint64_t kva,
		  enum ofl_vmem_field f, uint64_t *ret);

/** ofl_vmem_is_gone() - by its number in the records: is a unit given back? */
bool ofl_vmem_is_gone(const struct ofl_vmem *st,
		      const struct ofl_vmem_device *d, uint64_t unit);

/**
 * ofl_vmem_load_layout() - where the members are, and which number is which state
 *
 * Errors: false if the records of no device can be read.
 */
bool ofl_vmem_load_layout(struct ofl_vmem *st, const struct ofl_types *ty);

/**
 * ofl_vmem_read() - read the records of the device at @d->kva, in its region
 *
 * Memory: @d->map, also after a failure; free() it.
 * Errors: false if they cannot be read, or are impossible.
 */
bool ofl_vmem_read(struct ofl_vmem *st, struct ofl_vmem_device *d);

/**
 * ofl_vmem_unplugged() - is the unit of this address given back?
 *
 * Errors: false if the address is not in the records.
 */
bool ofl_vmem_unplugged(const struct ofl_vmem *st,
			const struct ofl_vmem_device *d, uint64_t pa, bool *ret);

#endif
