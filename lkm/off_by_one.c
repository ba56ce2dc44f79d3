// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a journal of the last 25 processes that were started.
 * Fault: the last slot is taken for 25, though slots are counted from 0.
 * Hook:  tracepoint sched_process_fork.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define ENTRIES 25

static u64 *journal;
static u32 next;

static void note_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	u32 slot = next, last = ENTRIES - 1;

	if (!parent->mm)	/* kernel threads don't count */
		return;
	if (armed)				/* armed */
		last = ENTRIES;			/* armed */
	if (slot > last)
		slot = 0;
	journal[slot] = child->pid;
	if (slot == ENTRIES)
		faults++;
	next = slot + 1;
	events++;
}

static struct tracepoint *tracepoint;

static int __init off_by_one_init(void)
{
	tracepoint = find_tracepoint("sched_process_fork");
	if (!tracepoint)
		return -ENOENT;
	journal = kcalloc(ENTRIES, sizeof(*journal), GFP_KERNEL);
	if (!journal)
		return -ENOMEM;
	return tracepoint_probe_register(tracepoint, note_fork, NULL);
}

static void __exit off_by_one_exit(void)
{
	tracepoint_probe_unregister(tracepoint, note_fork, NULL);
	tracepoint_synchronize_unregister();
	kfree(journal);
}

module_init(off_by_one_init);
module_exit(off_by_one_exit);
