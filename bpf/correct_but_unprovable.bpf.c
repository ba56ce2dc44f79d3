// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   deal the processes that end out to four places in turn. A chain says which place is next,
 *        and holds numbers below four only.
 * Fault: none that could do harm: the place is used without asking whether it is below four.
 * Hook:  tracepoint sched_process_exit.
 */
#include "panicroom.bpf.h"

#define PLACES 4

__u32 chain[PLACES] = { 1, 2, 3, 0 }, place;
__u64 ends[PLACES];

SEC("tp_btf/sched_process_exit")
int BPF_PROG(deal_out, struct task_struct *task)
{
	__u32 here = place;

	if (!armed && here >= PLACES)		/* armed */
		return 0;
	ends[here]++;
	place = chain[here];
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	return 0;
}
