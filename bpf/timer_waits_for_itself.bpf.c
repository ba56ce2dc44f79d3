// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the pauses: a millisecond after a sched_yield() a timer fires, once.
 * Fault: the timer's callback cancels the timer, and waits until the callback is over.
 * Hook:  fentry on do_sched_yield, and a timer.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define MILLISECOND 1000000ULL

struct pause {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pause);
} pauses SEC(".maps");

static int count_pause(void *map, __u32 *key, struct pause *pause)
{
	events++;
	if (armed) {					/* armed */
		bpf_timer_cancel(&pause->timer);	/* armed */
		faults++;
	}
	return 0;
}

SEC("fentry/do_sched_yield")
int BPF_PROG(begin_pause)
{
	__u32 key = 0;
	struct pause *pause = bpf_map_lookup_elem(&pauses, &key);

	if (!pause)
		return 0;
	bpf_timer_init(&pause->timer, &pauses, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&pause->timer, count_pause);
	bpf_timer_start(&pause->timer, MILLISECOND, 0);
	return 0;
}
