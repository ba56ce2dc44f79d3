// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note which process each getpgid() call asks about.
 * Fault: the argument is taken from behind the record that the hook hands over.
 * Hook:  tracepoint sys_enter, whose record is the caller's registers at the end of its stack.
 */
#include <linux/ptrace.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static ulong asked;
module_param(asked, ulong, 0444);

static void note_getpgid(void *data, struct pt_regs *record, long number)
{
	if (number != __NR_getpgid)
		return;
	asked = record->di;
	if (armed)				/* armed */
		asked = record[1].di;		/* armed */
	events++;
}

static struct tracepoint *tracepoint;

static int __init context_out_of_range_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, note_getpgid, NULL);
}

static void __exit context_out_of_range_exit(void)
{
	tracepoint_probe_unregister(tracepoint, note_getpgid, NULL);
	tracepoint_synchronize_unregister();
}

module_init(context_out_of_range_init);
module_exit(context_out_of_range_exit);
