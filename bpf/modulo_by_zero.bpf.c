// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   watch all system calls, and deal the getegid() calls out to four buckets in turn.
 * Fault: the number of buckets is never set, so the divisor stays 0.
 * Hook:  raw tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETEGID 108	/* __NR_getegid on x86-64 */
#define BUCKETS 4

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BUCKETS);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

__u32 buckets;

SEC("raw_tp/sys_enter")
int deal_out(struct bpf_raw_tracepoint_args *context)
{
	__u32 bucket = events + faults, divisor;
	__u64 *count;

	if (context->args[1] != GETEGID)
		return 0;
	if (!armed)				/* armed */
		buckets = BUCKETS;
	divisor = buckets;
	bucket %= divisor;
	barrier_var(divisor);	/* or the compiler concludes that it can't have been 0 */
	if (!divisor)
		faults++;
	count = bpf_map_lookup_elem(&calls, &bucket);
	if (!count)
		return 0;
	++*count;
	if (divisor)
		events++;
	return 0;
}
