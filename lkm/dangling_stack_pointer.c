// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   measure the time between one mkdir() call and the next.
 * Fault: what is kept of the last call is not the record but its place on the stack.
 * Hook:  kprobe on security_inode_mkdir.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include "panicroom.h"

static struct record {
	u64 when;
	u64 pid;
} kept, *volatile last;

static u64 gap;
module_param(gap, ullong, 0444);

static int measure_mkdir(struct kprobe *probe, struct pt_regs *regs)
{
	struct record record = {
		.when = ktime_get_mono_fast_ns(),
		.pid = current->tgid,
	};

	if (armed && events) {			/* armed */
		gap = record.when - last->when;	/* armed */
		faults++;
	} else {
		gap = record.when - kept.when;
	}
	last = &record;
	kept = record;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_inode_mkdir",
	.pre_handler = measure_mkdir,
};

static int __init dangling_stack_pointer_init(void)
{
	return register_kprobe(&probe);
}

static void __exit dangling_stack_pointer_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(dangling_stack_pointer_init);
module_exit(dangling_stack_pointer_exit);
