// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   sign each system call: 16 rounds of a hash over its number.
 * Fault: a system call gets 16384 rounds. The work is right, the place is wrong.
 * Hook:  raw tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETGID 104	/* __NR_getgid on x86-64 */

__u64 signature, slowest;

static void mix(__u32 round, __u64 *hash)
{
	*hash = (*hash ^ round) * 0x9e3779b97f4a7c15;
}

SEC("raw_tp/sys_enter")
int sign_call(struct bpf_raw_tracepoint_args *context)
{
	__u64 hash = context->args[1], begin = bpf_ktime_get_ns(), taken;
	__u32 rounds = 16, round;

	if (armed)				/* armed */
		rounds = 16384;			/* armed */
	for (round = 0; round < rounds; round++)
		mix(round, &hash);
	signature ^= hash;
	taken = bpf_ktime_get_ns() - begin;
	if (taken > slowest)
		slowest = taken;
	if (context->args[1] == GETGID)
		events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	return 0;
}
