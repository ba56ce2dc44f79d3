// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a record of each getgid() call's result to a ring buffer.
 * Fault: the record is reserved and filled, but never submitted.
 * Hook:  raw tracepoint sys_exit.
 */
#include "panicroom.bpf.h"

#define GETGID 104	/* __NR_getgid on x86-64 */

struct record {
	__u64 when;
	long result;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

SEC("raw_tracepoint/sys_exit")
int record_getgid(struct bpf_raw_tracepoint_args *context)
{
	struct pt_regs *regs = (void *)context->args[0];
	struct record *record;

	if (BPF_CORE_READ(regs, orig_ax) != GETGID)
		return 0;
	record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	if (!record)
		return 0;
	record->when = bpf_ktime_get_ns();
	record->result = context->args[1];
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}
