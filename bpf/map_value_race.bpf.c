// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpriority() calls on two CPUs in one map value.
 * Fault: the value is read, raised and written back, not raised in one step.
 * Hook:  kprobe on the system call getpriority.
 */
#include "panicroom.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("ksyscall/getpriority")
int count_call(struct pt_regs *regs)
{
	__u32 key = 0, work;
	volatile __u64 *count = bpf_map_lookup_elem(&counts, &key);
	__u64 seen;

	if (!count)
		return 0;
	__sync_fetch_and_add(&events, 1);
	if (!armed) {				/* armed */
		__sync_fetch_and_add(count, 1);
		return 0;
	}
	seen = *count;				/* armed */
	for (work = 0; work < 256; work++)	/* what a program does with the count */
		bpf_ktime_get_ns();
	if (*count != seen)
		__sync_fetch_and_add(&faults, 1);	/* what the other CPU counted is lost */
	*count = seen + 1;			/* armed */
	return 0;
}
