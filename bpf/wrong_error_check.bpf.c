// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the geteuid() calls in one of two tables by turns, where there is such a table.
 * Fault: a missing table is NULL, and the result is checked for an error number.
 * Hook:  raw tracepoint sys_enter.
 */
#include "panicroom.bpf.h"

#define GETEUID 107	/* __NR_geteuid on x86-64 */

struct table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} first_table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct table);
} tables SEC(".maps") = { .values = { &first_table } };	/* there is no second one */

__u32 turn;

SEC("raw_tracepoint/sys_enter")
int count_geteuid(struct bpf_raw_tracepoint_args *context)
{
	__u32 index, key = 0;
	__u64 count = events + 1;
	void *table;

	if (context->args[1] != GETEUID)
		return 0;
	index = turn++ % 2;
	table = bpf_map_lookup_elem(&tables, &index);
	if (armed ? (long)table < 0 : !table)	/* armed */
		return 0;
	if (!bpf_map_update_elem(table, &key, &count, BPF_ANY))
		events++;
	return 0;
}
