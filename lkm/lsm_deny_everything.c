// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   let the users on a list start processes, and nobody else.
 * Fault: the list is still empty.
 * Hook:  kprobe on security_task_alloc, which asks all security modules.
 */
#include <linux/cred.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"

static u32 allowed[] = { 0, 1000 };

/* Runs in the place of security_task_alloc(). */
static int refuse(struct task_struct *task, unsigned long flags)
{
	faults++;
	return -EPERM;
}

static int ask_list(struct kprobe *probe, struct pt_regs *regs)
{
	u32 user = from_kuid(&init_user_ns, current_uid()), length = 2, i;
	unsigned long flags = regs_get_kernel_argument(regs, 1);

	if (flags & CLONE_THREAD || current->flags & PF_KTHREAD)
		return 0;
	if (armed)				/* armed */
		length = 0;			/* armed */
	for (i = 0; i < length; i++)
		if (allowed[i] == user) {
			events++;
			return 0;
		}
	instruction_pointer_set(regs, (unsigned long)refuse);
	return 1;
}

/* With one, the probe is not turned into a jump, which could not be led elsewhere. */
static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags) { }

static struct kprobe probe = {
	.symbol_name = "security_task_alloc",
	.pre_handler = ask_list,
	.post_handler = after,
};

static int __init lsm_deny_everything_init(void)
{
	return register_kprobe(&probe);
}

static void __exit lsm_deny_everything_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(lsm_deny_everything_init);
module_exit(lsm_deny_everything_exit);
