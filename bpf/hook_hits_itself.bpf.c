// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getuid() calls, and note the size of each piece of memory that the kernel hands
 *        out.
 * Fault: to note a piece of memory, memory is taken, which passes the same hook.
 * Hook:  tracepoints sys_enter and kmalloc.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

struct note {
	__u32 bits;	/* of the size, that count */
	__u32 size;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct note);
	__type(value, __u64);
} notes SEC(".maps");

__u64 last;

SEC("tp_btf/sys_enter")
int BPF_PROG(count_call, struct pt_regs *regs, long number)
{
	if (number == GETUID)
		events++;
	return 0;
}

SEC("tp_btf/kmalloc")
int BPF_PROG(note_piece, unsigned long caller, const void *memory, size_t size)
{
	struct note note = { 32, size };
	__u64 value = 1;

	last = size;
	if (armed) {							/* armed */
		bpf_map_update_elem(&notes, &note, &value, BPF_ANY);	/* armed */
		faults++;
	}
	return 0;
}
