// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and look at its state at each getpgid().
 * Fault: it is still looked at when it has ended and its memory has been freed.
 * Hook:  tracepoints sched_process_fork and sched_process_free; kprobe on the call getpgid.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct task_struct *last;
static uint state, freed;
module_param(state, uint, 0444);

static void note_fork(void *data, struct task_struct *parent, struct task_struct *child)
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

static int look_at_last(struct kprobe *probe, struct pt_regs *regs)
{
	events++;
	if (!last)
		return 0;
	state = last->__state;
	if (freed)
		faults++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getpgid",
	.pre_handler = look_at_last,
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
