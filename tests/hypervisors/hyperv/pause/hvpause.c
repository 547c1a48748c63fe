// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvpause - stops a CPU for good while hv_balloon marks pages
 *
 * hv_balloon counts 2 MiB as ballooned, and then marks their pages one by one and
 * takes each off the managed pages. With "echo N > /sys/module/hvpause/parameters/at"
 * the Nth page after that is the last: the kernel's log says so, and the CPU spins.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/processor.h>

static unsigned int at;
module_param(at, uint, 0600);

static int before_adjust(struct kprobe *probe, struct pt_regs *regs)
{
	if (!at || --at)
		return 0;
	pr_info("hvpause: here\n");
	for (;;)
		cpu_relax();
}

static struct kprobe adjust = {
	.symbol_name = "adjust_managed_page_count",
	.pre_handler = before_adjust,
};

static int __init hvpause_init(void)
{
	return register_kprobe(&adjust);
}

module_init(hvpause_init);
MODULE_DESCRIPTION("stops a CPU while hv_balloon marks pages");
MODULE_LICENSE("GPL");
