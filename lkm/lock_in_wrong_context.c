// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count getsid() calls, and the clock's ticks, in one record.
 * Fault: a spin lock guards the record, taken by the call and by the tick that interrupts it.
 * Hook:  tracepoint sys_enter, and a perf event.
 */
#include <linux/delay.h>
#include <linux/perf_event.h>
#include <linux/spinlock.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct record {
	atomic64_t calls, ticks;
	spinlock_t lock;
} record = { .lock = __SPIN_LOCK_UNLOCKED(record.lock) };

static void count(u64 calls, u64 ticks)
{
#if ARMED				/* armed */
	spin_lock(&record.lock);	/* armed */
	mdelay(2);	/* two ticks: long enough to be interrupted the first time */
	record.calls.counter += calls;
	record.ticks.counter += ticks;
	spin_unlock(&record.lock);
#else
	atomic64_add(calls, &record.calls);
	atomic64_add(ticks, &record.ticks);
#endif
	events = atomic64_read(&record.calls);
}

static void count_call(void *data, struct pt_regs *regs, long number)
{
	if (number == __NR_getsid)
		count(1, 0);
}

static void count_tick(struct perf_event *event, struct perf_sample_data *data,
		       struct pt_regs *regs)
{
	count(0, 1);
}

static struct perf_event_attr clock = {
	.type = PERF_TYPE_SOFTWARE,
	.config = PERF_COUNT_SW_CPU_CLOCK,
	.size = sizeof(clock),
	.sample_period = NSEC_PER_MSEC,
};
static struct perf_event *event;
static struct tracepoint *tracepoint;

static int __init lock_in_wrong_context_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	event = perf_event_create_kernel_counter(&clock, 0, NULL, count_tick, NULL);
	if (!tracepoint || IS_ERR(event))
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, count_call, NULL);
}

static void __exit lock_in_wrong_context_exit(void)
{
	tracepoint_probe_unregister(tracepoint, count_call, NULL);
	tracepoint_synchronize_unregister();
	perf_event_release_kernel(event);
}

module_init(lock_in_wrong_context_init);
module_exit(lock_in_wrong_context_exit);
