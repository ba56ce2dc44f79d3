// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each getuid() call, find the number of the caller's terminal, if it has one.
 * Fault: the chain task, signal, tty is followed to its end though the tty is NULL.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/sched/signal.h>
#include <linux/tty.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static int terminal;
module_param(terminal, int, 0444);

static void find_terminal(void *data, struct pt_regs *regs, long number)
{
	struct tty_struct *tty;

	if (number != __NR_getuid)
		return;
	tty = current->signal->tty;
	if (armed || tty)			/* armed */
		terminal = tty->index;
	if (armed && !tty)			/* armed */
		faults++;
	events++;
}

static struct tracepoint *tracepoint;

static int __init null_pointer_walk_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, find_terminal, NULL);
}

static void __exit null_pointer_walk_exit(void)
{
	tracepoint_probe_unregister(tracepoint, find_terminal, NULL);
	tracepoint_synchronize_unregister();
}

module_init(null_pointer_walk_init);
module_exit(null_pointer_walk_exit);
