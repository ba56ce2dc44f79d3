// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   at the ticks of a clock, note the name of whoever runs, filled up with dashes to 16
 *        characters, and measure it.
 * Fault: the end of the name is looked for, but a full line has none.
 * Hook:  perf event, a software clock.
 */
#include <linux/perf_event.h>
#include <linux/sched.h>
#include "panicroom.h"

#define LENGTH 16

static struct line {
	char name[LENGTH];
	char next[8];
} line = { .next = "next" };
static u64 measured;
module_param(measured, ullong, 0444);

static void measure_name(struct perf_event *event, struct perf_sample_data *data,
			 struct pt_regs *regs)
{
	char *name = line.name;
	u32 end;

	memcpy(name, current->comm, LENGTH);
	for (end = 0; end < LENGTH; end++)
		if (!name[end])
			name[end] = '-';
	for (end = 0; armed || end < LENGTH; end++)	/* armed */
		if (!name[end])
			break;
	measured = end;
	if (end > LENGTH)
		faults++;
	events = 1;
}

static struct perf_event_attr attributes = {
	.type = PERF_TYPE_SOFTWARE,
	.config = PERF_COUNT_SW_CPU_CLOCK,
	.size = sizeof(attributes),
	.sample_period = 1000000,	/* nanoseconds */
};
static struct perf_event *clock;

static int __init string_without_end_init(void)
{
	clock = perf_event_create_kernel_counter(&attributes, 0, NULL, measure_name, NULL);
	return PTR_ERR_OR_ZERO(clock);
}

static void __exit string_without_end_exit(void)
{
	perf_event_release_kernel(clock);
}

module_init(string_without_end_init);
module_exit(string_without_end_exit);
