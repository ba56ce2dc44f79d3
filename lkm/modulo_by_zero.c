// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   watch all system calls, and deal the getegid() calls out to four buckets in turn.
 * Fault: the number of buckets is never set, so the divisor stays 0.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/percpu.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define BUCKETS 4

static DEFINE_PER_CPU(u64 [BUCKETS], calls);
static u32 buckets;

static void deal_out(void *data, struct pt_regs *regs, long number)
{
	u32 bucket = events + faults, divisor;

	if (number != __NR_getegid)
		return;
	if (!armed)				/* armed */
		buckets = BUCKETS;
	divisor = buckets;
	bucket %= divisor;
	OPTIMIZER_HIDE_VAR(divisor);	/* or the compiler concludes that it can't have been 0 */
	if (!divisor)
		faults++;
	if (bucket >= BUCKETS)
		return;
	__this_cpu_inc(calls[bucket]);
	if (divisor)
		events++;
}

static struct tracepoint *tracepoint;

static int __init modulo_by_zero_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, deal_out, NULL);
}

static void __exit modulo_by_zero_exit(void)
{
	tracepoint_probe_unregister(tracepoint, deal_out, NULL);
	tracepoint_synchronize_unregister();
}

module_init(modulo_by_zero_init);
module_exit(modulo_by_zero_exit);
