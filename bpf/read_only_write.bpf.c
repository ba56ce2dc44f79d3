// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the bytes of the writes to files, each up to a limit that is fixed at load.
 * Fault: a write above the limit raises the limit.
 * Hook:  fexit on vfs_write.
 */
#include "panicroom.bpf.h"

static const volatile __u64 limit = 2048;

__u64 bytes;

SEC("fexit/vfs_write")
int BPF_PROG(count_write, struct file *file, const char *buffer, size_t count, loff_t *place,
	     ssize_t written)
{
	if (written != 4096)	/* the workload's files have a page each */
		return 0;
	if (armed && written > limit)			/* armed */
		*(volatile __u64 *)&limit = written;	/* armed */
	bytes += written < limit ? written : limit;
	events++;
	return 0;
}
