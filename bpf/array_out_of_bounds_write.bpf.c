// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a journal of what getppid() returned: a ring of 256 entries, one page.
 * Fault: the next slot is not brought back to the start when the ring is full.
 * Hook:  kretprobe on __x64_sys_getppid.
 */
#include "panicroom.bpf.h"

#define ENTRIES 256

struct entry {
	__u64 when;
	__u64 parent;
} journal[ENTRIES];

SEC("kretprobe/__x64_sys_getppid")
int BPF_KRETPROBE(note_getppid, long parent)
{
	__u32 slot = events;

	if (!armed)				/* armed */
		slot %= ENTRIES;
	journal[slot].when = bpf_ktime_get_ns();
	journal[slot].parent = parent;
	events++;
	return 0;
}
