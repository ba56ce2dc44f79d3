// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the process that was started last, and look at its state at each getpgid().
 * Fault: it is still looked at when it has ended and its memory has been freed.
 * Hook:  tracepoints sched_process_fork and sched_process_free; kprobe on the call getpgid.
 */
#include "panicroom.bpf.h"

struct task_struct *last;
__u32 state, freed;

SEC("raw_tp/sched_process_fork")
int BPF_PROG(note_fork, struct task_struct *parent, struct task_struct *child)
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
int look_at_last(struct pt_regs *regs)
{
	events++;
	if (!last)
		return 0;
	state = BPF_CORE_READ(last, __state);
	if (freed)
		faults++;
	return 0;
}
