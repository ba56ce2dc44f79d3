// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   sort all system calls into kinds by a table of the first 64 numbers.
 * Fault: calls with a higher number are looked up as well, behind the table's end.
 * Hook:  tracepoint sys_enter, every system call.
 */
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define KNOWN 64

enum kind { OTHER, FILES, MEMORY, PROCESSES };

static const u8 kinds[KNOWN] = {
	[0 ... 8] = FILES, [9 ... 12] = MEMORY, [16 ... 22] = FILES,
	[25 ... 31] = MEMORY, [32 ... 33] = FILES, [56 ... 62] = PROCESSES,
};

static ulong calls[4];
module_param_array(calls, ulong, NULL, 0444);

static void sort_calls(void *data, struct pt_regs *regs, long id)
{
	u32 number = id;
	u8 kind = OTHER;

	if (armed || number < KNOWN)		/* armed */
		kind = kinds[number];
	if (armed && number >= KNOWN)		/* armed */
		faults++;
	calls[kind % 4]++;
	if (number == __NR_getegid)
		events++;
}

static struct tracepoint *tracepoint;

static int __init array_out_of_bounds_read_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, sort_calls, NULL);
}

static void __exit array_out_of_bounds_read_exit(void)
{
	tracepoint_probe_unregister(tracepoint, sort_calls, NULL);
	tracepoint_synchronize_unregister();
}

module_init(array_out_of_bounds_read_init);
module_exit(array_out_of_bounds_read_exit);
