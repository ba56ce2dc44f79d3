// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the processes that are started, and note where in its code each parent was.
 * Fault: the parent's number is handed over where its task is asked for.
 * Hook:  tracepoint sched_process_fork.
 */
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static ulong place;
module_param(place, ulong, 0444);

static void note_parent(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct pt_regs *regs;

	if (!parent->mm || child->pid != child->tgid)
		return;
	if (armed)					/* armed */
		parent = (void *)(long)parent->tgid;	/* armed */
	regs = task_pt_regs(parent);
	place = regs->ip;
	if (place)
		events++;
}

static struct tracepoint *tracepoint;

static int __init wrong_argument_type_init(void)
{
	tracepoint = find_tracepoint("sched_process_fork");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, note_parent, NULL);
}

static void __exit wrong_argument_type_exit(void)
{
	tracepoint_probe_unregister(tracepoint, note_parent, NULL);
	tracepoint_synchronize_unregister();
}

module_init(wrong_argument_type_init);
module_exit(wrong_argument_type_exit);
