// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the latest getuid() call in a table with one place, and note in the call before
 *        it that it was followed.
 * Fault: the note is made when the place has been given to the next call.
 * Hook:  tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

struct call {
	__u64 number;
	__u64 followed_by;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(map_flags, BPF_F_NO_COMMON_LRU);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct call);
} calls SEC(".maps");

SEC("tp_btf/sys_enter")
int BPF_PROG(replace_call, struct pt_regs *regs, long system_call)
{
	struct call fresh = {}, *before, *latest;
	__u64 number;

	if (system_call != GETUID)
		return 0;
	number = events++;
	before = bpf_map_lookup_elem(&calls, &number);
	fresh.number = events;
	if (before && !armed)			/* armed */
		before->followed_by = events;
	bpf_map_update_elem(&calls, &fresh.number, &fresh, BPF_ANY);
	if (before && armed)			/* armed */
		before->followed_by = fresh.number;	/* armed */
	latest = bpf_map_lookup_elem(&calls, &fresh.number);
	if (latest && latest->followed_by)
		faults++;
	return 0;
}
