// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   measure the time between one mkdir() call and the next.
 * Fault: what is kept of the last call is not the record but its place on the stack.
 * Hook:  LSM, inode_mkdir.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 when;
	__u64 pid;
} kept, *volatile last;

__u64 gap;

SEC("lsm/inode_mkdir")
int BPF_PROG(measure_mkdir, struct inode *dir, struct dentry *dentry, int mode)
{
	struct record record = {
		.when = bpf_ktime_get_ns(),
		.pid = bpf_get_current_pid_tgid() >> 32,
	};

	if (armed && events) {			/* armed */
		gap = record.when - last->when;	/* armed */
		faults++;
	} else {
		gap = record.when - kept.when;
	}
	last = &record;
	kept = record;
	events++;
	return 0;
}
