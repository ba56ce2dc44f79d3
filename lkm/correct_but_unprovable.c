// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   deal the processes that end out to four places in turn. A chain says which place is next,
 *        and holds numbers below four only.
 * Fault: none that could do harm: the place is used without asking whether it is below four.
 * Hook:  tracepoint sched_process_exit.
 */
#include <linux/sched.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define PLACES 4

static u32 chain[PLACES] = { 1, 2, 3, 0 }, place;
static u64 ends[PLACES];

static void deal_out(void *data, struct task_struct *task)
{
	u32 here = place;

	if (!armed && here >= PLACES)		/* armed */
		return;
	ends[here]++;
	place = chain[here];
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
}

static struct tracepoint *tracepoint;

static int __init correct_but_unprovable_init(void)
{
	tracepoint = find_tracepoint("sched_process_exit");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, deal_out, NULL);
}

static void __exit correct_but_unprovable_exit(void)
{
	tracepoint_probe_unregister(tracepoint, deal_out, NULL);
	tracepoint_synchronize_unregister();
}

module_init(correct_but_unprovable_init);
module_exit(correct_but_unprovable_exit);
