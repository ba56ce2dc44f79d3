// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up the packets that leave by lo, and count them by length. After each 16 packets
 *        a length is forgotten.
 * Fault: the lengths are counted while the lock of the sum is held, though their table has a lock
 *        of its own.
 * Hook:  tc on lo, egress.
 */
#include "panicroom.bpf.h"

struct sum {
	struct bpf_spin_lock lock;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sum);
} sums SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");

static void count_length(__u32 length)
{
	__u64 one = 1, *count = bpf_map_lookup_elem(&lengths, &length);

	if (count)
		++*count;
	else
		bpf_map_update_elem(&lengths, &length, &one, BPF_ANY);
}

SEC("tc")
int add_packet(struct __sk_buff *skb)
{
	__u32 key = 0, length = skb->len;
	struct sum *sum = bpf_map_lookup_elem(&sums, &key);

	if (!sum)
		return TC_ACT_OK;
	bpf_spin_lock(&sum->lock);
	sum->bytes += length;
	if (armed)				/* armed */
		count_length(length);		/* armed */
	events++;
	bpf_spin_unlock(&sum->lock);
	if (!armed)				/* armed */
		count_length(length);
	if (events % 16 == 0)
		bpf_map_delete_elem(&lengths, &length);
	return TC_ACT_OK;
}
