// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   hand a record over for each gettid() call, with the time that filling it took.
 * Fault: the time is written after the record has been handed over.
 * Hook:  kprobe on the system call gettid.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "panicroom.h"

struct record {
	u64 when;
	u64 took;
	char command[16];
};

/* Whoever reads the records frees them. */
static noinline void submit(struct record *record)
{
	kfree(record);
}

static int record_gettid(struct kprobe *probe, struct pt_regs *regs)
{
	struct record *record = kmalloc(sizeof(*record), GFP_ATOMIC);

	events++;
	if (!record)
		return 0;
	record->when = ktime_get_mono_fast_ns();
	memcpy(record->command, current->comm, sizeof(record->command));
	if (!armed)				/* armed */
		record->took = ktime_get_mono_fast_ns() - record->when;
	submit(record);
	if (armed) {				/* armed */
		record->took = ktime_get_mono_fast_ns();	/* armed */
		faults++;
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_gettid",
	.pre_handler = record_gettid,
};

static int __init use_after_submit_init(void)
{
	return register_kprobe(&probe);
}

static void __exit use_after_submit_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(use_after_submit_init);
module_exit(use_after_submit_exit);
