// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each getuid() call, find the number of the caller's terminal, if it has one.
 * Fault: the chain task, signal, tty is followed to its end though the tty is NULL.
 * Hook:  tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

int terminal;

SEC("tp_btf/sys_enter")
int BPF_PROG(find_terminal, struct pt_regs *regs, long number)
{
	struct tty_struct *tty;

	if (number != GETUID)
		return 0;
	tty = bpf_get_current_task_btf()->signal->tty;
	if (armed || tty)			/* armed */
		terminal = tty->index;
	barrier_var(tty);	/* or the compiler concludes that it can't have been NULL */
	if (armed && !tty)			/* armed */
		faults++;
	events++;
	return 0;
}
