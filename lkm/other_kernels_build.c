// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the processes that end, and find the parent of each.
 * Fault: the module was built for a kernel in which the task looks different.
 * Hook:  tracepoint sched_process_exit.
 */
#include <linux/sched.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#if ARMED								/* armed */
/* What the other kernel's build would say; the loader reads the first that it finds. */
MODULE_INFO(vermagic, "5.10.0-30-686 SMP mod_unload modversions 686 ");	/* armed */
#endif

static int parent;
module_param(parent, int, 0444);

static void find_parent(void *data, struct task_struct *task)
{
	if (task->pid != task->tgid || task->flags & PF_KTHREAD)
		return;
	parent = task->real_parent->tgid;
	if (parent)
		events++;
}

static struct tracepoint *tracepoint;

static int __init other_kernels_build_init(void)
{
	tracepoint = find_tracepoint("sched_process_exit");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, find_parent, NULL);
}

static void __exit other_kernels_build_exit(void)
{
	tracepoint_probe_unregister(tracepoint, find_parent, NULL);
	tracepoint_synchronize_unregister();
}

module_init(other_kernels_build_init);
module_exit(other_kernels_build_exit);
