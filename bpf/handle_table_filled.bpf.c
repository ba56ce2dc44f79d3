// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   open a handle for each request, and close it when the request is done.
 * Fault: the handle is not closed.
 * Hook:  none; a tc program, run by the trigger. The handles are entries of a map.
 */
#include "panicroom.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32);
	__type(key, __u32);
	__type(value, __u64);
} handles SEC(".maps");

__u32 requests;

SEC("tc")
int serve_request(struct __sk_buff *skb)
{
	__u32 handle = requests++;
	__u64 now = bpf_ktime_get_ns();

	if (bpf_map_update_elem(&handles, &handle, &now, BPF_NOEXIST))
		return TC_ACT_OK;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_map_delete_elem(&handles, &handle);
	return TC_ACT_OK;
}
