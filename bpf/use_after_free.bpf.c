// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   record who calls getsid(), hand the record over, and check who it was.
 * Fault: the caller is read from the record again after the record has been given away.
 * Hook:  kprobe on __x64_sys_getsid.
 */
#include "panicroom.bpf.h"

struct record {
	struct task_struct *task;
	__u64 when;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

SEC("kprobe/__x64_sys_getsid")
int record_getsid(struct pt_regs *regs)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (!record)
		return 0;
	record->task = task;
	record->when = bpf_ktime_get_ns();
	bpf_ringbuf_submit(record, 0);
	if (armed)				/* armed */
		task = record->task;		/* armed */
	if (BPF_CORE_READ(task, tgid) == bpf_get_current_pid_tgid() >> 32)
		events++;
	return 0;
}
