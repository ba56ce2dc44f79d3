// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   sign each system call: 16 rounds of a hash over its number.
 * Fault: a system call gets 16384 rounds. The work is right, the place is wrong.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/ktime.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static u64 signature, slowest;
module_param(slowest, ullong, 0444);

static void mix(u32 round, u64 *hash)
{
	*hash = (*hash ^ round) * 0x9e3779b97f4a7c15;
}

static void sign_call(void *data, struct pt_regs *regs, long number)
{
	u64 hash = number, begin = ktime_get_mono_fast_ns(), taken;
	u32 rounds = 16, round;

	if (armed)				/* armed */
		rounds = 16384;			/* armed */
	for (round = 0; round < rounds; round++)
		mix(round, &hash);
	signature ^= hash;
	taken = ktime_get_mono_fast_ns() - begin;
	if (taken > slowest)
		slowest = taken;
	if (number == __NR_getgid)
		events++;
	if (armed)				/* armed */
		faults++;			/* armed */
}

static struct tracepoint *tracepoint;

static int __init heavy_hot_path_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, sign_call, NULL);
}

static void __exit heavy_hot_path_exit(void)
{
	tracepoint_probe_unregister(tracepoint, sign_call, NULL);
	tracepoint_synchronize_unregister();
}

module_init(heavy_hot_path_init);
module_exit(heavy_hot_path_exit);
