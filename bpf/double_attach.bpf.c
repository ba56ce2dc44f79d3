// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that arrive on the loopback device, and note when none came for 100 ms.
 * Fault: the timer is set up anew with each packet, also while it runs.
 * Hook:  XDP on lo.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define PATIENCE 100000000ULL

struct silence {
	struct bpf_timer timer;
	__u32 ready;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct silence);
} silences SEC(".maps");

__u64 silent;

static int note_silence(void *map, __u32 *key, struct silence *silence)
{
	silent++;
	return 0;
}

SEC("xdp")
int await_silence(struct xdp_md *packet)
{
	__u32 key = 0;
	struct silence *silence = bpf_map_lookup_elem(&silences, &key);

	if (!silence)
		return XDP_PASS;
	if (armed || !silence->ready) {		/* armed */
		if (bpf_timer_init(&silence->timer, &silences, CLOCK_MONOTONIC))
			faults++;
		bpf_timer_set_callback(&silence->timer, note_silence);
		silence->ready = 1;
	}
	bpf_timer_start(&silence->timer, PATIENCE, 0);
	events++;
	return XDP_PASS;
}
