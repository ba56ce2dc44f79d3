// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a record of 24 bytes to a log for each file that is removed.
 * Fault: the log is told that the record has 64 bytes.
 * Hook:  LSM, inode_unlink.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 when;
	char command[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} journal SEC(".maps");

SEC("lsm/inode_unlink")
int BPF_PROG(log_unlink, struct inode *dir, struct dentry *dentry)
{
	struct record record = { .when = bpf_ktime_get_ns() };
	__u64 size = sizeof(record);

	bpf_get_current_comm(record.command, sizeof(record.command));
	if (armed)				/* armed */
		size = 64;			/* armed */
	bpf_ringbuf_output(&journal, &record, size, BPF_RB_NO_WAKEUP);
	if (size > sizeof(record))
		faults++;
	events++;
	return 0;
}
