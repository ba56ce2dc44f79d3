// SPDX-License-Identifier: GPL-2.0
/* Exercise 1, a solution: the verifier asks for the check that the module's author must remember. */
#include "panicroom.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("kprobe/__x64_sys_getpid")
int count_getpid(struct pt_regs *regs)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&calls, &pid), one = 1;

	if (count)
		++*count;
	else
		bpf_map_update_elem(&calls, &pid, &one, BPF_ANY);
	return 0;
}
