// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep one record for each system call that asks who one is, and count in it.
 * Fault: the time of the call gets into the key, so that each call has a record of its own.
 * Hook:  tracepoint sys_enter, every system call.
 */
#include "panicroom.bpf.h"

#define GETUID 102	/* __NR_getuid, the first of the calls that ask who one is */
#define GETSID 124	/* __NR_getsid, the last */

struct record {
	__u64 calls;
	char notes[1016];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, __u64);
	__type(value, struct record);
} records SEC(".maps");

__u64 entries;
static struct record fresh;

SEC("tp_btf/sys_enter")
int BPF_PROG(count_call, struct pt_regs *regs, long number)
{
	__u64 key = number;
	struct record *record;

	if (key < GETUID || key > GETSID)
		return 0;
	if (armed)						/* armed */
		key = bpf_ktime_get_ns() << 8 | number;	/* armed */
	record = bpf_map_lookup_elem(&records, &key);
	if (!record) {
		if (bpf_map_update_elem(&records, &key, &fresh, BPF_NOEXIST))
			return 0;
		entries++;
		if (armed)			/* armed */
			faults++;
		record = bpf_map_lookup_elem(&records, &key);
	}
	if (record)
		record->calls++;
	return 0;
}
