// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   for each signal, find the number of the receiver's terminal, if it has one.
 * Fault: the chain task, signal, tty is followed to its end though the tty is NULL.
 * Hook:  fentry on security_task_kill.
 */
#include "panicroom.bpf.h"

int terminal;

SEC("fentry/security_task_kill")
int BPF_PROG(find_terminal, struct task_struct *receiver)
{
	struct tty_struct *tty = receiver->signal->tty;

	if (armed || tty)			/* armed */
		terminal = tty->index;
	barrier_var(tty);	/* or the compiler concludes that it can't have been NULL */
	if (armed && !tty)			/* armed */
		faults++;
	events++;
	return 0;
}
