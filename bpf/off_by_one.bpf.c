// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a journal of the last 25 processes that were started.
 * Fault: the last slot is taken for 25, though slots are counted from 0.
 * Hook:  tracepoint sched_process_fork.
 */
#include "panicroom.bpf.h"

#define ENTRIES 25

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[ENTRIES]);
} journals SEC(".maps");

__u32 next;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(note_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 key = 0, slot = next, last = ENTRIES - 1;
	__u64 *journal = bpf_map_lookup_elem(&journals, &key);

	if (!journal || !parent->mm)	/* kernel threads don't count */
		return 0;
	if (armed)				/* armed */
		last = ENTRIES;			/* armed */
	if (slot > last)
		slot = 0;
	journal[slot] = child->pid;
	if (slot == ENTRIES)
		faults++;
	next = slot + 1;
	events++;
	return 0;
}
