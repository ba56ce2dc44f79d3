// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpgid() calls of each process in a map.
 * Fault: a process that has no entry yet is looked up, and the result is used without a check.
 * Hook:  kprobe on __x64_sys_getpgid.
 */
#include "panicroom.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

static __u64 *first_call(__u32 pid)
{
	__u64 none = 0;

	bpf_map_update_elem(&calls, &pid, &none, BPF_ANY);
	return bpf_map_lookup_elem(&calls, &pid);
}

SEC("kprobe/__x64_sys_getpgid")
int count_getpgid(struct pt_regs *regs)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&calls, &pid);

	if (!armed && !count) {			/* armed */
		count = first_call(pid);
		if (!count)
			return 0;
	}
	++*count;
	events++;
	return 0;
}
