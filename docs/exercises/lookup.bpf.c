// SPDX-License-Identifier: GPL-2.0
/* Exercise 1: counts getpid() calls by process. Why is it refused? Fix it in two lines. */
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
	__u64 *count = bpf_map_lookup_elem(&calls, &pid);

	++*count;
	return 0;
}
