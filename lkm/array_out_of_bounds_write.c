// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a journal of what getppid() returned: a ring of 256 entries, one page.
 * Fault: the next slot is not brought back to the start when the ring is full.
 * Hook:  kretprobe on __x64_sys_getppid.
 */
#include <linux/kprobes.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include "panicroom.h"

#define ENTRIES 256

static struct entry {
	u64 when;
	u64 parent;
} *journal;

static int note_getppid(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	u32 slot = events;

	if (!armed)				/* armed */
		slot %= ENTRIES;
	journal[slot].when = ktime_get_mono_fast_ns();
	journal[slot].parent = regs_return_value(regs);
	events++;
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "__x64_sys_getppid",
	.handler = note_getppid,
};

static int __init array_out_of_bounds_write_init(void)
{
	int error;

	journal = vzalloc(ENTRIES * sizeof(*journal));	/* the page behind it is never mapped */
	if (!journal)
		return -ENOMEM;
	error = register_kretprobe(&probe);
	if (error)
		vfree(journal);
	return error;
}

static void __exit array_out_of_bounds_write_exit(void)
{
	unregister_kretprobe(&probe);
	vfree(journal);
}

module_init(array_out_of_bounds_write_init);
module_exit(array_out_of_bounds_write_exit);
