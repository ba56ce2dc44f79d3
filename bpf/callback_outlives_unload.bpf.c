// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give every connect() a deadline of one second: a timer that runs until it returns.
 * Fault: the timer is not cancelled, and still pending when the program is unloaded.
 * Hook:  fentry and fexit on __sys_connect.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define SECOND 1000000000ULL

struct deadline {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct deadline);
} deadlines SEC(".maps");

__u64 expired;

static int expire(void *map, __u32 *key, struct deadline *deadline)
{
	expired++;
	return 0;
}

SEC("fentry/__sys_connect")
int BPF_PROG(connect_begins)
{
	__u32 key = 0;
	struct deadline *deadline = bpf_map_lookup_elem(&deadlines, &key);

	if (!deadline)
		return 0;
	bpf_timer_init(&deadline->timer, &deadlines, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&deadline->timer, expire);
	bpf_timer_start(&deadline->timer, SECOND, 0);
	return 0;
}

SEC("fexit/__sys_connect")
int BPF_PROG(connect_ends)
{
	__u32 key = 0;
	struct deadline *deadline = bpf_map_lookup_elem(&deadlines, &key);

	if (!deadline)
		return 0;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_timer_cancel(&deadline->timer);
	return 0;
}
