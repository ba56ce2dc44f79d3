// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the sched_yield() calls under a spin lock.
 * Fault: something that may sleep is called while the lock is held.
 * Hook:  fentry on do_sched_yield.
 */
#include "panicroom.bpf.h"

struct total {
	struct bpf_spin_lock lock;
	__u64 calls;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct total);
} totals SEC(".maps");

SEC("fentry/do_sched_yield")
int BPF_PROG(count_yield)
{
	__u32 key = 0;
	struct total *total = bpf_map_lookup_elem(&totals, &key);
	char byte;

	if (!total)
		return 0;
	bpf_spin_lock(&total->lock);
	total->calls++;
	if (armed)						/* armed */
		bpf_copy_from_user(&byte, sizeof(byte), NULL);	/* armed */
	events = total->calls;
	bpf_spin_unlock(&total->lock);
	return 0;
}
