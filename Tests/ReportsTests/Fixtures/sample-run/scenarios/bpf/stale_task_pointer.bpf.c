// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and find its parent at each getsid() call.
 * Fault: the pointer to its task is kept, and followed when the process has long been gone.
 * Hook:  tracepoints sched_process_fork and sys_enter.
 */
#include "panicroom.bpf.h"

#define GETSID 124	/* __NR_getsid on x86-64 */

struct task_struct *latest;
int parent;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(remember_child, struct task_struct *task, struct task_struct *child)
{
	parent = task->tgid;
	latest = child;
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(find_parent, struct pt_regs *regs, long number)
{
	if (number != GETSID || !latest)
		return 0;
	if (armed) {						/* armed */
		parent = BPF_CORE_READ(latest, real_parent, tgid);	/* armed */
		faults++;
	}
	if (parent)
		events++;
	return 0;
}
