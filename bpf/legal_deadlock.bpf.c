// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each getuid() call in one table, and each block of pages that the kernel hands out
 *        meanwhile in another.
 * Fault: both are noted in the same table, which allocates memory while it is locked.
 * Hook:  tracepoints sys_enter and mm_page_alloc.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid on x86-64 */

struct note_key {
	__u32 bits;	/* of the number, that count */
	__u32 number;
};

struct note {
	char text[8192];	/* too much for the slab caches: whole pages are asked for */
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct note_key);
	__type(value, struct note);
} calls SEC(".maps");

struct {	/* no trie: lockdep, where there is one, takes the locks of two for the same */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct note_key);
	__type(value, struct note);
} blocks SEC(".maps");

static struct note note;
static bool noting;	/* a call, and no block yet */

SEC("tp_btf/sys_enter")
int BPF_PROG(note_call, struct pt_regs *regs, long number)
{
	struct note_key key = { 32, number };

	if (number != GETUID)
		return 0;
	noting = true;
	bpf_map_update_elem(&calls, &key, &note, BPF_ANY);
	noting = false;
	events++;
	return 0;
}

SEC("tp_btf/mm_page_alloc")
int BPF_PROG(note_block, struct page *page, unsigned int order)
{
	struct note_key key = { 32, order };
	void *table = armed ? (void *)&calls : (void *)&blocks;	/* armed */

	if (!noting)
		return 0;
	noting = false;
	bpf_map_update_elem(table, &key, &note, BPF_ANY);
	if (armed)	/* armed */
		faults++;	/* armed */
	return 0;
}
