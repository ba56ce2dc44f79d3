// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each of two CPUs, work at every tick of the clock and count the tick, the first 64.
 * Fault: the counter is read before the work and written after it, not added to at once.
 * Hook:  perf event.
 */
#include <linux/ktime.h>
#include <linux/perf_event.h>
#include "panicroom.h"

#define ENOUGH 64
#define WORK 600000	/* ns, of the millisecond between two ticks */

static u64 ticks;

static void count_tick(struct perf_event *event, struct perf_sample_data *data,
		       struct pt_regs *regs)
{
	u64 end = ktime_get_mono_fast_ns() + WORK, seen = READ_ONCE(ticks);

	while (ktime_get_mono_fast_ns() <= end)
		cpu_relax();
	if (armed) {						/* armed */
		if (READ_ONCE(ticks) != seen)
			faults++;
		WRITE_ONCE(ticks, seen + 1);			/* armed */
	} else {
		seen = __sync_fetch_and_add(&ticks, 1);
	}
	if (seen < ENOUGH)
		__sync_fetch_and_add(&events, 1);
}

static struct perf_event_attr clock = {
	.type = PERF_TYPE_SOFTWARE,
	.config = PERF_COUNT_SW_CPU_CLOCK,
	.size = sizeof(clock),
	.sample_period = NSEC_PER_MSEC,
};
static struct perf_event *clocks[2];

static int __init lost_updates_init(void)
{
	int cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		clocks[cpu] = perf_event_create_kernel_counter(&clock, cpu, NULL, count_tick, NULL);
		if (IS_ERR(clocks[cpu]))
			return PTR_ERR(clocks[cpu]);
	}
	return 0;
}

static void __exit lost_updates_exit(void)
{
	perf_event_release_kernel(clocks[0]);
	perf_event_release_kernel(clocks[1]);
}

module_init(lost_updates_init);
module_exit(lost_updates_exit);
