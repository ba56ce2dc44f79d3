// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count new sockets of each type, streams in a table of their own; other types have none.
 * Fault: the table of a type is used without asking whether there is one.
 * Hook:  cgroup, creation of a socket.
 */
#include "panicroom.bpf.h"

struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} streams SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct table);
} tables SEC(".maps") = { .values = { [SOCK_STREAM] = &streams } };

SEC("cgroup/sock_create")
int count_socket(struct bpf_sock *sk)
{
	__u32 type = sk->type, first = 0;
	void *table = bpf_map_lookup_elem(&tables, &type);
	__u64 *count;

	if (!armed && !table)			/* armed */
		return 1;
	count = bpf_map_lookup_elem(table, &first);
	if (!count)
		return 1;
	++*count;
	events++;
	return 1;
}
