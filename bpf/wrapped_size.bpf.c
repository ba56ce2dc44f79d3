// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   make a table of entries of 16 bytes, fill it in and give it back, each time it is asked.
 * Fault: there are 4097 entries, and their size is computed in 16 bits.
 * Hook:  none; a tc program, run by the trigger.
 */
#include "panicroom.bpf.h"

struct entry {
	__u64 when;
	__u64 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8192);	/* nobody reads it: room for 31 tables */
} tables SEC(".maps");

SEC("tc")
int make_table(struct __sk_buff *skb)
{
	__u32 entries = 16, number;
	struct entry *table;
	__u16 size;

	if (armed)				/* armed */
		entries = 4097;			/* armed */
	size = entries * sizeof(*table);
	table = bpf_ringbuf_reserve(&tables, size, 0);
	if (!table)
		return TC_ACT_OK;
	for (number = 0; number < entries; number++) {
		table[number].when = bpf_ktime_get_ns();
		table[number].number = number;
	}
	bpf_ringbuf_discard(table, 0);
	events++;
	return TC_ACT_OK;
}
