// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up the packets that are sent, and their bytes, under a spin lock.
 * Fault: the lock is taken a second time before the bytes are added.
 * Hook:  cgroup, egress.
 */
#include "panicroom.bpf.h"

struct traffic {
	struct bpf_spin_lock lock;
	__u64 packets, bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct traffic);
} traffics SEC(".maps");

SEC("cgroup_skb/egress")
int add_packet(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct traffic *traffic = bpf_map_lookup_elem(&traffics, &key);

	if (!traffic)
		return 1;
	bpf_spin_lock(&traffic->lock);
	traffic->packets++;
	if (armed)					/* armed */
		bpf_spin_lock(&traffic->lock);		/* armed */
	traffic->bytes += skb->len;
	events = traffic->packets;
	bpf_spin_unlock(&traffic->lock);
	return 1;
}
