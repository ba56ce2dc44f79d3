// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each signal, find the number of the receiver's terminal, if it has one.
 * Fault: the chain task, signal, tty is followed to its end though the tty is NULL.
 * Hook:  kprobe on security_task_kill.
 */
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include <linux/tty.h>
#include "panicroom.h"

static int terminal;
module_param(terminal, int, 0444);

static int find_terminal(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *receiver = (void *)regs_get_kernel_argument(regs, 0);
	struct tty_struct *tty = receiver->signal->tty;

	if (armed || tty)			/* armed */
		terminal = tty->index;
	if (armed && !tty)			/* armed */
		faults++;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_task_kill",
	.pre_handler = find_terminal,
};

static int __init null_pointer_walk_init(void)
{
	return register_kprobe(&probe);
}

static void __exit null_pointer_walk_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(null_pointer_walk_init);
module_exit(null_pointer_walk_exit);
