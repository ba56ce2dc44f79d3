// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   record who calls getsid(), hand the record over, and check who it was.
 * Fault: the caller is read from the record again after the record has been given away.
 * Hook:  kprobe on __x64_sys_getsid.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "panicroom.h"

struct record {
	struct task_struct *task;
	u64 when;
};
static char *line;

/* Turns a record into a line of text. SLUB gives out first what was freed last: the same memory. */
static void submit(struct record *record)
{
	u64 when = record->when;

	kfree(line);
	kfree(record);
	line = kmalloc(sizeof(*record), GFP_ATOMIC);
	if (line)
		snprintf(line, sizeof(*record), "getsid: %llu", when);
}

static int record_getsid(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *task = current;
	struct record *record = kmalloc(sizeof(*record), GFP_ATOMIC);

	if (!record)
		return 0;
	record->task = task;
	record->when = ktime_get_mono_fast_ns();
	submit(record);
	if (armed)				/* armed */
		task = record->task;		/* armed */
	if (task->tgid == current->tgid)
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getsid",
	.pre_handler = record_getsid,
};

static int __init use_after_free_init(void)
{
	return register_kprobe(&probe);
}

static void __exit use_after_free_exit(void)
{
	unregister_kprobe(&probe);
	kfree(line);
}

module_init(use_after_free_init);
module_exit(use_after_free_exit);
