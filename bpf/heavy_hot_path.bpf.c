// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   sign each system call: 16 rounds of a hash over its number.
 * Fault: a system call gets 65536 rounds. The work is right, the place is wrong.
 * Hook:  raw tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETGID 104	/* __NR_getgid on x86-64 */

__u64 signature, slowest;

static long mix(__u32 round, __u64 *hash)
{
	*hash = (*hash ^ round) * 0x9e3779b97f4a7c15;
	return 0;
}

SEC("raw_tp/sys_enter")
int sign_call(struct bpf_raw_tracepoint_args *context)
{
	__u64 hash = context->args[1], begin = bpf_ktime_get_ns(), taken;
	__u32 rounds = 16;

	if (armed)				/* armed */
		rounds = 65536;			/* armed */
	bpf_loop(rounds, mix, &hash, 0);
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
