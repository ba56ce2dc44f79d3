// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each of two CPUs, work at every tick of the clock and count the tick, the first 64.
 * Fault: the counter is read before the work and written after it, not added to at once.
 * Hook:  perf event.
 */
#include "panicroom.bpf.h"

#define ENOUGH 64
#define WORK 600000	/* ns, of the millisecond between two ticks */

__u64 ticks;

static long work(__u32 turn, __u64 *end)
{
	return bpf_ktime_get_ns() > *end;
}

SEC("perf_event")
int count_tick(struct bpf_perf_event_data *context)
{
	__u64 end = bpf_ktime_get_ns() + WORK, seen = *(volatile __u64 *)&ticks;

	bpf_loop(1 << 20, work, &end, 0);
	if (armed) {						/* armed */
		if (*(volatile __u64 *)&ticks != seen)
			faults++;
		ticks = seen + 1;				/* armed */
	} else {
		seen = __sync_fetch_and_add(&ticks, 1);
	}
	if (seen < ENOUGH)
		__sync_fetch_and_add(&events, 1);
	return 0;
}
