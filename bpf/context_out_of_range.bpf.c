// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note which process each getpgid() call asks about.
 * Fault: the argument is taken from behind the record that the hook hands over.
 * Hook:  tracepoint sys_enter_getpgid, whose record ends with the call's only argument.
 */
#include "panicroom.bpf.h"

__u64 asked;

SEC("tracepoint/syscalls/sys_enter_getpgid")
int note_getpgid(struct trace_event_raw_sys_enter *record)
{
	asked = record->args[0];
	if (armed)				/* armed */
		asked = record->args[1];	/* armed */
	events++;
	return 0;
}
