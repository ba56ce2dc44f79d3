// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   hand a record over for each gettid() call, with the time that filling it took.
 * Fault: the time is written after the record has been handed over.
 * Hook:  kprobe on the system call gettid.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 when;
	__u64 took;
	char command[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

SEC("ksyscall/gettid")
int record_gettid(struct pt_regs *regs)
{
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), BPF_RB_NO_WAKEUP);

	events++;
	if (!record)
		return 0;
	record->when = bpf_ktime_get_ns();
	bpf_get_current_comm(record->command, sizeof(record->command));
	if (!armed)				/* armed */
		record->took = bpf_ktime_get_ns() - record->when;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	if (armed) {				/* armed */
		record->took = bpf_ktime_get_ns();	/* armed */
		faults++;
	}
	return 0;
}
