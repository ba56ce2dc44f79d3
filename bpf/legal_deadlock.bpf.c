// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each getuid() call in one table, and each piece of memory that the kernel hands out
 *        meanwhile in another.
 * Fault: both are noted in the same table, which allocates memory while it is locked.
 * Hook:  tracepoints sys_enter and kmalloc.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

struct note {
	__u32 bits;	/* of the number, that count */
	__u32 number;
};

struct table {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct note);
	__type(value, __u64);
} calls SEC(".maps"), pieces SEC(".maps");

static bool noting;	/* a call, and no piece yet */

SEC("tp_btf/sys_enter")
int BPF_PROG(note_call, struct pt_regs *regs, long number)
{
	struct note note = { 32, number };
	__u64 value = 1;

	if (number != GETUID)
		return 0;
	noting = true;
	bpf_map_update_elem(&calls, &note, &value, BPF_ANY);
	noting = false;
	events++;
	return 0;
}

SEC("tp_btf/kmalloc")
int BPF_PROG(note_piece, unsigned long caller, const void *memory, size_t size)
{
	struct note note = { 32, size };
	struct table *table = armed ? (void *)&calls : (void *)&pieces;	/* armed */
	__u64 value = 1;

	if (!noting)
		return 0;
	noting = false;
	bpf_map_update_elem(table, &note, &value, BPF_ANY);
	if (armed)	/* armed */
		faults++;	/* armed */
	return 0;
}
