// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each trigger, put a batch of 64 entries into a queue.
 * Fault: the batch has 2^20 entries, and nobody takes any out.
 * Hook:  none; a tc program, run by the trigger.
 */
#include "panicroom.bpf.h"

struct entry {
	__u64 when;
	char text[248];
};

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 256);
	__type(value, struct entry);
} queue SEC(".maps");

static struct entry entry;

static long push_entry(__u32 index, void *context)
{
	entry.when = bpf_ktime_get_ns();
	if (bpf_map_push_elem(&queue, &entry, 0)) {
		faults++;
		return 1;
	}
	events++;
	return 0;
}

SEC("tc")
int push_batch(struct __sk_buff *skb)
{
	__u32 batch = 64;

	if (armed)				/* armed */
		batch = 1 << 20;		/* armed */
	bpf_loop(batch, push_entry, NULL, 0);
	return TC_ACT_OK;
}
