// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   at the ticks of a clock, note the name of whoever runs, filled up with dashes to 16
 *        characters, and measure it.
 * Fault: the end of the name is looked for, but a full line has none.
 * Hook:  perf event, a software clock on each CPU.
 */
#include "panicroom.bpf.h"

#define LENGTH 16

char name[LENGTH];
__u64 measured;

SEC("perf_event")
int measure_name(struct bpf_perf_event_data *context)
{
	__u32 end;

	bpf_get_current_comm(name, sizeof(name));
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
	return 0;
}
