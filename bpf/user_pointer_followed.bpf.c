// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the files that are created below /tmp.
 * Fault: the path, a pointer to user memory, is read as if it were the kernel's.
 * Hook:  tracepoint sys_enter_openat.
 */
#include "panicroom.bpf.h"

#define O_CREAT 0100
#define TMP 0x706d742f	/* "/tmp" */

SEC("tracepoint/syscalls/sys_enter_openat")
int count_created(struct trace_event_raw_sys_enter *call)
{
	const void *path = (void *)call->args[1];
	__u32 start = 0;

	if (!(call->args[2] & O_CREAT))
		return 0;
	if (armed) {						/* armed */
		if (bpf_probe_read_kernel(&start, sizeof(start), path))	/* armed */
			faults++;
	} else {
		bpf_probe_read_user(&start, sizeof(start), path);
	}
	if (start == TMP)
		events++;
	return 0;
}
