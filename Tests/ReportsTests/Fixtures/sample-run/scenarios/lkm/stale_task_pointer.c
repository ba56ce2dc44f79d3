// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and find its parent at each getsid() call.
 * Fault: the pointer to its task is kept, and followed when the process has long been gone.
 * Hook:  tracepoints sched_process_fork and sys_enter.
 */
#include <linux/sched.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct task_struct *latest;
static int parent;
module_param(parent, int, 0444);

static void remember_child(void *data, struct task_struct *task, struct task_struct *child)
{
	parent = task->tgid;
	latest = child;
}

static void find_parent(void *data, struct pt_regs *regs, long number)
{
	if (number != __NR_getsid || !latest)
		return;
	if (armed) {						/* armed */
		parent = latest->real_parent->tgid;		/* armed */
		faults++;
	}
	if (parent)
		events++;
}

static struct tracepoint *fork, *enter;

static int __init stale_task_pointer_init(void)
{
	fork = find_tracepoint("sched_process_fork");
	enter = find_tracepoint("sys_enter");
	if (!fork || !enter)
		return -ENOENT;
	tracepoint_probe_register(fork, remember_child, NULL);
	return tracepoint_probe_register(enter, find_parent, NULL);
}

static void __exit stale_task_pointer_exit(void)
{
	tracepoint_probe_unregister(enter, find_parent, NULL);
	tracepoint_probe_unregister(fork, remember_child, NULL);
	tracepoint_synchronize_unregister();
}

module_init(stale_task_pointer_init);
module_exit(stale_task_pointer_exit);
