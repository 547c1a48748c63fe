/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_mem_records.h - do a virtio-mem device's records agree?
 *
 * Depends on virtio_mem_device.h. They are compared with each other and with
 * the memory blocks.
 */
#ifndef OFL_VIRTIO_MEM_RECORDS_H
#define OFL_VIRTIO_MEM_RECORDS_H

#include "owners/virtio_mem_device.h"

/** ofl_vmem_account() - ofl_owner_ops.account() */
void ofl_vmem_account(const void *state, unsigned int device,
		      struct ofl_account *a);

/** ofl_vmem_at_work() - ofl_owner_ops.at_work() */
const char *ofl_vmem_at_work(const void *state, unsigned int device);

/** ofl_vmem_shrinking() - ofl_owner_ops.shrinking() */
bool ofl_vmem_shrinking(const void *state, unsigned int device,
			struct ofl_shrinking *ret);

/** ofl_vmem_keeps() - ofl_owner_ops.keeps() */
bool ofl_vmem_keeps(const void *state, unsigned int device, uint64_t pfn);

#endif
