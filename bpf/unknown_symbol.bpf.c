// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getuid() calls, and note the second of the latest.
 * Fault: the second comes from ktime_get_boot_ns(), which the kernel no longer has.
 * Hook:  tracepoint sys_exit_getuid.
 */
#include "panicroom.bpf.h"

#define SECOND 1000000000ULL

#if ARMED					/* armed */
extern __u64 ktime_get_boot_ns(void) __ksym;	/* armed */
#else
static __u64 ktime_get_boot_ns(void) { return bpf_ktime_get_boot_ns(); }
#endif

__u64 latest;

SEC("tracepoint/syscalls/sys_exit_getuid")
int note_getuid(struct trace_event_raw_sys_exit *record)
{
	latest = ktime_get_boot_ns() / SECOND;
	events++;
	return 0;
}
