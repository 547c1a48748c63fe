// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvregion - lets QEMU's Hyper-V hot-add memory as Hyper-V itself may
 *
 * Hyper-V may back only a part of a region, and leave gaps; QEMU backs all. A few
 * words of the messages between QEMU and the driver are changed, the driver is
 * Debian's. Loaded before hv_balloon:
 *
 * - the guest reports that it takes memory in multiples of 2 MiB, so that the host
 *   adds less than a whole memory block;
 * - the region around an added range ends at a whole memory block, the range does
 *   not; with parameter announce=0 no region is announced at all, and the driver
 *   makes up its own;
 * - ranges begin as many pages later as the parameter shift says, which leaves a
 *   gap behind what has been added before. QEMU has memory there, too, but is not
 *   to be asked to take any of it back.
 */
#include <linux/align.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/types.h>

#define CAPABILITIES_REPORT	3
#define HOT_ADD_REQUEST		10

#define ALIGNMENT_SHIFT		2	/* of hot_add_alignment, in the capabilities */
#define ALIGNMENT_MASK		(0xfull << ALIGNMENT_SHIFT)
#define ALIGNMENT_2MIB		(1ull << ALIGNMENT_SHIFT)	/* log2 of MiB */
#define BLOCK_PAGES		(128ull << 8)

/* union dm_mem_page_range */
#define RANGE_START_BITS	40
#define RANGE_START_MASK	((1ull << RANGE_START_BITS) - 1)

/* struct dm_header, and the first words behind it of the two messages */
struct message {
	u16 type, bytes;
	u32 transaction;
	union {
		u64 capabilities;
		u64 range;
	};
	u64 region;		/* by the size of the message, there or not */
};

#define BYTES_WITHOUT_REGION	offsetof(struct message, region)

struct receipt {
	struct message *buffer;
	u32 *bytes;
};

static bool announce = true;
module_param(announce, bool, 0600);
static unsigned int shift;
module_param(shift, uint, 0600);

static u64 range_of(u64 start, u64 pages)
{
	return start | pages << RANGE_START_BITS;
}

static int before_send(struct kprobe *probe, struct pt_regs *regs)
{
	struct message *m = (void *)regs->si;

	if (m->type == CAPABILITIES_REPORT)
		m->capabilities = (m->capabilities & ~ALIGNMENT_MASK) |
				  ALIGNMENT_2MIB;
	return 0;
}

static void change_hot_add(struct message *m)
{
	u64 start = (m->range & RANGE_START_MASK) + shift;
	u64 pages = m->range >> RANGE_START_BITS;

	m->range = range_of(start, pages);
	pr_info("hvregion: range %llx+%llx %s\n", start, pages,
		announce ? "of a region" : "alone");
	if (announce)
		m->region = range_of(start, ALIGN(pages, BLOCK_PAGES));
	else
		m->bytes = BYTES_WITHOUT_REGION;
}

static int before_receive(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct receipt *r = (void *)ri->data;

	r->buffer = (void *)regs->si;
	r->bytes = (void *)regs->cx;
	return 0;
}

static int received(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct receipt *r = (void *)ri->data;

	if (!regs_return_value(regs) && *r->bytes >= sizeof(*r->buffer) &&
	    r->buffer->type == HOT_ADD_REQUEST &&
	    r->buffer->bytes > BYTES_WITHOUT_REGION)
		change_hot_add(r->buffer);
	return 0;
}

static struct kprobe send = {
	.symbol_name = "vmbus_sendpacket",
	.pre_handler = before_send,
};

static struct kretprobe receive = {
	.kp.symbol_name = "vmbus_recvpacket",
	.entry_handler = before_receive,
	.handler = received,
	.data_size = sizeof(struct receipt),
	.maxactive = 8,
};

static int __init hvregion_init(void)
{
	int err = register_kprobe(&send);

	return err ? err : register_kretprobe(&receive);
}

module_init(hvregion_init);
MODULE_DESCRIPTION("hot-added regions with parts that are not backed");
MODULE_LICENSE("GPL");
