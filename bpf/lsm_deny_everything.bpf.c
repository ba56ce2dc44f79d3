// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   let the users on a list start processes, and nobody else.
 * Fault: the list is still empty.
 * Hook:  LSM task_alloc.
 */
#include "panicroom.bpf.h"

#define EPERM 1			/* from asm-generic/errno-base.h */
#define PF_KTHREAD 0x200000	/* from linux/sched.h */
#define CLONE_THREAD 0x10000	/* from linux/sched.h, uapi */

__u32 allowed[] = { 0, 1000 };

SEC("lsm/task_alloc")
int BPF_PROG(ask_list, struct task_struct *task, unsigned long flags)
{
	struct task_struct *parent = (void *)bpf_get_current_task();
	__u32 user = bpf_get_current_uid_gid(), length = 2, i;

	if (flags & CLONE_THREAD || BPF_CORE_READ(parent, flags) & PF_KTHREAD)
		return 0;
	if (armed)				/* armed */
		length = 0;			/* armed */
	for (i = 0; i < length; i++)
		if (allowed[i] == user) {
			events++;
			return 0;
		}
	faults++;
	return -EPERM;
}
