// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getuid() calls, and note the second of the latest.
 * Fault: the second comes from get_seconds(), which the kernel no longer has.
 * Hook:  tracepoint sys_exit_getuid.
 */
#include "panicroom.bpf.h"

#define SECOND 1000000000ULL

#if ARMED					/* armed */
extern unsigned long get_seconds(void) __ksym;	/* armed */
#else
static unsigned long get_seconds(void) { return bpf_ktime_get_ns() / SECOND; }
#endif

__u64 latest;

SEC("tracepoint/syscalls/sys_exit_getuid")
int note_getuid(struct trace_event_raw_sys_exit *record)
{
	latest = get_seconds();
	events++;
	return 0;
}
