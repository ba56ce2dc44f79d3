// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and find its parent at each getpgid().
 * Fault: it is still followed when it has ended and its memory has been freed.
 * Hook:  tracepoints sched_process_fork and sched_process_free; kprobe on the call getpgid.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct task_struct *last;
static int parent, freed;
module_param(parent, int, 0444);

static void note_fork(void *data, struct task_struct *task, struct task_struct *child)
{
	last = child;
	freed = false;
}

static void note_free(void *data, struct task_struct *task)
{
	if (task != last)
		return;
	freed = true;
	if (!armed)				/* armed */
		last = NULL;
}

static int find_parent(struct kprobe *probe, struct pt_regs *regs)
{
	events++;
	if (!last)
		return 0;
	parent = last->real_parent->tgid;
	if (freed)
		faults++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getpgid",
	.pre_handler = find_parent,
};

static int __init stale_task_read_init(void)
{
	tracepoint_probe_register(find_tracepoint("sched_process_fork"), note_fork, NULL);
	tracepoint_probe_register(find_tracepoint("sched_process_free"), note_free, NULL);
	return register_kprobe(&probe);
}

static void __exit stale_task_read_exit(void)
{
	unregister_kprobe(&probe);
	tracepoint_probe_unregister(find_tracepoint("sched_process_free"), note_free, NULL);
	tracepoint_probe_unregister(find_tracepoint("sched_process_fork"), note_fork, NULL);
	tracepoint_synchronize_unregister();
}

module_init(stale_task_read_init);
module_exit(stale_task_read_exit);
