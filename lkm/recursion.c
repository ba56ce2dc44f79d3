// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each getppid() call, read the name of the caller's parent.
 * Fault: the function goes on to the parent's parent by calling itself, without an end: the first
 *        task is its own parent.
 * Hook:  kprobe on __x64_sys_getppid.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"

static noinline int read_name(struct task_struct *task)
{
	char name[TASK_COMM_LEN];

	strscpy(name, task->comm, sizeof(name));
#if ARMED						/* armed */
	read_name(task->real_parent);			/* armed */
#endif
	barrier_data(name);	/* or the compiler makes a loop of the recursion */
	return name[0] != 0;
}

static int read_parent(struct kprobe *probe, struct pt_regs *regs)
{
	if (read_name(current->real_parent))
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getppid",
	.pre_handler = read_parent,
};

static int __init recursion_init(void)
{
	return register_kprobe(&probe);
}

static void __exit recursion_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(recursion_init);
module_exit(recursion_exit);
