// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the processes that end, and find the parent of each.
 * Fault: the program was built for a kernel in which the task looks different.
 * Hook:  tracepoint sched_process_exit.
 */
#include "panicroom.bpf.h"

#define PF_KTHREAD 0x00200000	/* from linux/sched.h */

/* The other kernel's task. The three underscores tell libbpf that it is one of task_struct's. */
struct task_struct___other {
	char moved[4096];
	int tgid, pid;
	struct task_struct___other *real_parent;
} __attribute__((preserve_access_index));

int parent;

SEC("tp_btf/sched_process_exit")
int BPF_PROG(find_parent, struct task_struct *task)
{
	struct task_struct___other *other = (void *)task;

	if (task->pid != task->tgid || task->flags & PF_KTHREAD)
		return 0;
	if (armed) {							/* armed */
		parent = BPF_CORE_READ(other, real_parent, tgid);	/* armed */
		if (parent == BPF_CORE_READ(task, real_parent, tgid))
			faults++;
	} else {
		parent = BPF_CORE_READ(task, real_parent, tgid);
	}
	if (parent)
		events++;
	return 0;
}
