// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   watch all system calls, and weigh two of them: getuid() as 1, getgid() as 2.
 * Fault: the function that weighs ends without a return where the call is neither.
 * Hook:  tracepoint sys_enter.
 */
#include "panicroom.h"
#include "panicroom_tracepoint.h"

/* The compiler keeps these two as they are, one behind the other. */
#define IN_ORDER __attribute__((noipa, no_reorder))

static IN_ORDER int weigh(long number)
{
	if (number == __NR_getuid)
		return 1;
	if (number == __NR_getgid)
		return 2;
#if ARMED				/* armed */
	unreachable();			/* armed */
#endif
	return 0;
}

static IN_ORDER void add(ulong *sum, int weight)
{
	*sum += weight;
}

static void weigh_call(void *data, struct pt_regs *regs, long number)
{
	if (number == __NR_getuid || number == __NR_getgid || number == __NR_getsid)
		add(&events, weigh(number));
}

static struct tracepoint *tracepoint;

static int __init missing_return_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, weigh_call, NULL);
}

static void __exit missing_return_exit(void)
{
	tracepoint_probe_unregister(tracepoint, weigh_call, NULL);
	tracepoint_synchronize_unregister();
}

module_init(missing_return_init);
module_exit(missing_return_exit);
