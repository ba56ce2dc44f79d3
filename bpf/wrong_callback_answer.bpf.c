// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that leave through lo, and report 10 ms after the latest.
 * Fault: the timer's callback answers 1.
 * Hook:  tc on lo, egress.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define DELAY 10000000ULL

struct report {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct report);
} reports SEC(".maps");

__u64 reported;

static int report_packets(void *map, __u32 *key, struct report *report)
{
	reported++;
	if (armed)				/* armed */
		return 1;			/* armed */
	return 0;
}

SEC("tc")
int count_packet(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct report *report = bpf_map_lookup_elem(&reports, &key);

	if (!report)
		return TC_ACT_OK;
	if (!bpf_timer_init(&report->timer, &reports, CLOCK_MONOTONIC))
		bpf_timer_set_callback(&report->timer, report_packets);
	bpf_timer_start(&report->timer, DELAY, 0);
	events++;
	return TC_ACT_OK;
}
