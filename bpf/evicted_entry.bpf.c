// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep an entry for the latest getuid() call in a table, and mark the one that it replaces.
 * Fault: the replaced entry is marked after it has been thrown out.
 * Hook:  tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

struct call {
	__u64 followed_by;
	char name[56];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u64);
	__type(value, struct call);
} calls SEC(".maps");

SEC("tp_btf/sys_enter")
int BPF_PROG(replace_call, struct pt_regs *regs, long system_call)
{
	struct call fresh = {}, *call;
	__u64 number, next;

	if (system_call != GETUID)
		return 0;
	number = events++;
	next = events;
	bpf_map_update_elem(&calls, &next, &fresh, BPF_ANY);
	call = bpf_map_lookup_elem(&calls, &number);
	if (!call)
		return 0;
	if (!armed)				/* armed */
		call->followed_by = next;
	bpf_map_delete_elem(&calls, &number);
	if (armed) {				/* armed */
		call->followed_by = next;	/* armed */
		faults++;
	}
	return 0;
}
