// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each getppid() call, read the name of the caller's parent.
 * Fault: the function goes on to the parent's parent by calling itself, without an end: the first
 *        task is its own parent.
 * Hook:  kprobe on __x64_sys_getppid.
 */
#include "panicroom.bpf.h"

static __noinline int read_name(struct task_struct *task)
{
	char name[16];

	BPF_CORE_READ_STR_INTO(&name, task, comm);
#if ARMED						/* armed */
	read_name(BPF_CORE_READ(task, real_parent));	/* armed */
#endif
	return name[0] != 0;
}

SEC("kprobe/__x64_sys_getppid")
int read_parent(struct pt_regs *regs)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (read_name(BPF_CORE_READ(task, real_parent)))
		events++;
	return 0;
}
