// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each listen(), in a record from the allocator; for every second one one on
 *        the stack will do. What came from the allocator is given back.
 * Fault: the record on the stack is given back to the allocator, too.
 * Hook:  kprobe on inet_listen.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include "panicroom.h"

struct record {
	u64 when;
	u64 backlog;
};

static void fill(struct record *record, int backlog)
{
	record->when = ktime_get_mono_fast_ns();
	record->backlog = backlog;
	events++;
}

static int note_listen(struct kprobe *probe, struct pt_regs *regs)
{
	int backlog = regs_get_kernel_argument(regs, 1);
	struct record spare, *record;

	if (events % 2) {
		fill(&spare, backlog);
		if (armed)				/* armed */
			kfree(&spare);			/* armed */
		return 0;
	}
	record = kmalloc(sizeof(*record), GFP_ATOMIC);
	if (!record)
		return 0;
	fill(record, backlog);
	kfree(record);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "inet_listen",
	.pre_handler = note_listen,
};

static int __init free_of_not_allocated_init(void)
{
	return register_kprobe(&probe);
}

static void __exit free_of_not_allocated_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(free_of_not_allocated_init);
module_exit(free_of_not_allocated_exit);
