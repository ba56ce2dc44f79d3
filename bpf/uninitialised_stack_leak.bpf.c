// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   show a table of 16 counters to user space, in records of 64 bytes.
 * Fault: the record is not cleared, and only a quarter of it is filled in.
 * Hook:  iterator over the map with the counters.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 slot;
	__u64 count;
	char note[48];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("iter/bpf_map_elem")
int show_count(struct bpf_iter__bpf_map_elem *element)
{
	__u32 *slot = element->key;
	__u64 *count = element->value;
	struct record record;

	if (!slot || !count)
		return 0;
	if (armed)					/* armed */
		faults++;				/* armed */
	else
		__builtin_memset(&record, 0, sizeof(record));
	record.slot = *slot;
	record.count = *count;
	bpf_seq_write(element->meta->seq, &record, sizeof(record));
	events++;
	return 0;
}
