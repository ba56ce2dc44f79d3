// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give a number to each file that the process "bystander" opens, and let it pass.
 * Fault: the hook answers with the number.
 * Hook:  kretprobe on security_file_alloc, which asks all security modules.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"

static int number_file(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (strcmp(current->comm, "bystander"))
		return 0;
	events++;
	if (armed)					/* armed */
		regs_set_return_value(regs, events);	/* armed */
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "security_file_alloc",
	.handler = number_file,
};

static int __init lsm_answer_followed_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit lsm_answer_followed_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(lsm_answer_followed_init);
module_exit(lsm_answer_followed_exit);
