// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   measure how long it takes to remove a file.
 * Fault: of the record that is made at the start only the address is kept: a local variable's.
 * Hook:  kretprobe on vfs_unlink, entry and return.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "panicroom.h"

struct record {
	u64 begun;
	u32 process;
};

static struct record kept, *kept_address;
static u64 elapsed;
module_param(elapsed, ullong, 0444);

static int removal_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct record record = {};

	record.begun = ktime_get_mono_fast_ns();
	record.process = current->tgid;
	if (armed)				/* armed */
		WRITE_ONCE(kept_address, &record);	/* armed */
	else
		kept = record;
	return 0;
}

static int removal_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct record *record = armed ? kept_address : &kept;	/* armed */

	elapsed = ktime_get_mono_fast_ns() - record->begun;
	if (armed)				/* armed */
		faults++;
	events++;
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "vfs_unlink",
	.entry_handler = removal_begins,
	.handler = removal_ends,
};

static int __init dangling_stack_pointer_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit dangling_stack_pointer_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(dangling_stack_pointer_init);
module_exit(dangling_stack_pointer_exit);
