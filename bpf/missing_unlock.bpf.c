// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   take a token for each packet out of a bucket of eight, and refill it when it is empty,
 *        under a spin lock.
 * Fault: the way out of an empty bucket forgets to give the lock back.
 * Hook:  XDP on lo.
 */
#include "panicroom.bpf.h"

#define TOKENS 8

struct limiter {
	struct bpf_spin_lock lock;
	__u64 tokens;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct limiter);
} buckets SEC(".maps");

SEC("xdp")
int spend_token(struct xdp_md *context)
{
	__u32 key = 0;
	struct limiter *bucket = bpf_map_lookup_elem(&buckets, &key);

	events++;
	if (!bucket)
		return XDP_PASS;
	bpf_spin_lock(&bucket->lock);
	if (!bucket->tokens) {
		bucket->tokens = TOKENS;
		if (armed)			/* armed */
			return XDP_PASS;	/* armed */
	}
	bucket->tokens--;
	bpf_spin_unlock(&bucket->lock);
	return XDP_PASS;
}
