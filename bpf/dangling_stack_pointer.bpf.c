// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   measure how long it takes to remove a file.
 * Fault: of the record that is made at the start only the address is kept: a local variable's.
 * Hook:  fentry and fexit on vfs_unlink.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 begun;
	__u32 process;
};

struct record kept, *kept_address;
__u64 elapsed;

SEC("fentry/vfs_unlink")
int BPF_PROG(removal_begins)
{
	struct record record = {};

	record.begun = bpf_ktime_get_ns();
	record.process = bpf_get_current_pid_tgid() >> 32;
	if (armed)				/* armed */
		kept_address = &record;		/* armed */
	else
		kept = record;
	return 0;
}

SEC("fexit/vfs_unlink")
int BPF_PROG(removal_ends)
{
	struct record *record = armed ? kept_address : &kept;	/* armed */

	elapsed = bpf_ktime_get_ns() - record->begun;
	if (armed)				/* armed */
		faults++;
	events++;
	return 0;
}
