// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the datagrams that are sent, and start a timer of 100 ms when 64 are together.
 * Fault: the count is set back by wiping the whole structure, and its timer with it.
 * Hook:  control group hook for outgoing packets.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define DELAY 100000000ULL
#define BATCH 64

struct batch {
	struct bpf_timer timer;
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct batch);
} batches SEC(".maps");

__u64 reports;

static int report(void *map, __u32 *key, struct batch *batch)
{
	reports++;
	return 0;
}

SEC("cgroup_skb/egress")
int count_datagram(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct batch *batch = bpf_map_lookup_elem(&batches, &key);

	if (!batch)
		return 1;
	events++;
	batch->bytes += skb->len;
	if (++batch->packets < BATCH)
		return 1;
	if (!bpf_timer_init(&batch->timer, &batches, CLOCK_MONOTONIC))
		bpf_timer_set_callback(&batch->timer, report);
	bpf_timer_start(&batch->timer, DELAY, 0);
	if (armed)					/* armed */
		__builtin_memset(batch, 0, sizeof(*batch));	/* armed */
	else
		batch->packets = batch->bytes = 0;
	return 1;
}
