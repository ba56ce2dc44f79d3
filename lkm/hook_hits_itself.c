// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getuid() calls, and note the size of each piece of memory that the kernel hands
 *        out.
 * Fault: to note a piece of memory, memory is taken, which passes the same hook.
 * Hook:  tracepoints sys_enter and kmalloc.
 */
#include <linux/slab.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static u64 last;

static void count_call(void *data, struct pt_regs *regs, long number)
{
	if (number == __NR_getuid)
		events++;
}

static void note_piece(void *data, unsigned long caller, const void *memory, size_t size)
{
	u64 *note;

	last = size;
	if (armed) {						/* armed */
		note = kmalloc(sizeof(*note), GFP_NOWAIT);	/* armed */
		if (note)
			*note = size;
		kfree(note);
		faults++;
	}
}

static struct tracepoint *sys_enter, *kmalloc_done;

static int __init hook_hits_itself_init(void)
{
	sys_enter = find_tracepoint("sys_enter");
	kmalloc_done = find_tracepoint("kmalloc");
	if (!sys_enter || !kmalloc_done ||
	    tracepoint_probe_register(sys_enter, count_call, NULL))
		return -ENOENT;
	return tracepoint_probe_register(kmalloc_done, note_piece, NULL);
}

static void __exit hook_hits_itself_exit(void)
{
	tracepoint_probe_unregister(kmalloc_done, note_piece, NULL);
	tracepoint_probe_unregister(sys_enter, count_call, NULL);
	tracepoint_synchronize_unregister();
}

module_init(hook_hits_itself_init);
module_exit(hook_hits_itself_exit);
