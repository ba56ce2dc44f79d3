// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   getsid() publishes a new setting, getgid() reads the newest one: two hooks, and RCU
 *        between them.
 * Fault: getgid() reads through the pointer that it got last time, in an earlier section.
 * Hook:  kprobes on __x64_sys_getsid and __x64_sys_getgid.
 */
#include "panicroom.bpf.h"

struct setting {
	__u64 owner;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct setting);
} settings SEC(".maps");

struct setting *last;

SEC("kprobe/__x64_sys_getsid")
int publish(struct pt_regs *regs)
{
	__u32 key = 0;
	struct setting setting = { bpf_get_current_task() };

	bpf_map_update_elem(&settings, &key, &setting, BPF_ANY);
	return 0;
}

SEC("kprobe/__x64_sys_getgid")
int read_setting(struct pt_regs *regs)
{
	__u32 key = 0;
	struct setting *setting = bpf_map_lookup_elem(&settings, &key), *newest = setting;
	struct task_struct *owner;

	if (armed && last)			/* armed */
		setting = last;			/* armed */
	last = newest;
	if (!setting)
		return 0;
	owner = (void *)setting->owner;
	if (BPF_CORE_READ(owner, tgid))
		events++;
	return 0;
}
