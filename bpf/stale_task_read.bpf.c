// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and find its parent at each getpgid().
 * Fault: it is still followed when it has ended and its memory has been freed.
 * Hook:  tracepoints sched_process_fork and sched_process_free; kprobe on the call getpgid.
 */
#include "panicroom.bpf.h"

struct task_struct *last;
int parent, freed;

SEC("raw_tp/sched_process_fork")
int BPF_PROG(note_fork, struct task_struct *task, struct task_struct *child)
{
	last = child;
	freed = false;
	return 0;
}

SEC("raw_tp/sched_process_free")
int BPF_PROG(note_free, struct task_struct *task)
{
	if (task != last)
		return 0;
	freed = true;
	if (!armed)				/* armed */
		last = NULL;
	return 0;
}

SEC("ksyscall/getpgid")
int find_parent(struct pt_regs *regs)
{
	events++;
	if (!last)
		return 0;
	parent = BPF_CORE_READ(last, real_parent, tgid);
	if (freed)
		faults++;
	return 0;
}
