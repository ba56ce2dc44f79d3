// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the processes that are started, and note where in its code each parent was.
 * Fault: the parent's number is handed over where its task is asked for.
 * Hook:  tracepoint sched_process_fork.
 */
#include "panicroom.bpf.h"

__u64 place;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(note_parent, struct task_struct *parent, struct task_struct *child)
{
	if (!parent->mm || child->pid != child->tgid)
		return 0;
	if (armed)					/* armed */
		parent = (void *)(long)parent->tgid;	/* armed */
	if (bpf_get_task_stack(parent, &place, sizeof(place), BPF_F_USER_STACK) > 0)
		events++;
	return 0;
}
