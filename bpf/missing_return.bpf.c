// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   watch all system calls, and weigh two of them: getuid() as 1, getgid() as 2.
 * Fault: the function that weighs ends without a return where the call is neither.
 * Hook:  raw tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */
#define GETGID 104	/* __NR_getgid on x86-64 */
#define GETSID 124	/* __NR_getsid on x86-64 */

static __noinline int weigh(long number)
{
	if (number == GETUID)
		return 1;
	if (number == GETGID)
		return 2;
#if ARMED				/* armed */
	asm volatile("");		/* armed */
	__builtin_unreachable();	/* armed */
#endif
	return 0;
}

SEC("raw_tp/sys_enter")
int weigh_call(struct bpf_raw_tracepoint_args *context)
{
	long number = context->args[1];

	if (number == GETUID || number == GETGID || number == GETSID)
		events += weigh(number);
	return 0;
}
