// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   record where each TCP connection goes to, and keep no record of those within the host.
 * Fault: the record of a connection within the host is given back twice.
 * Hook:  cgroup, connect() of IPv4 sockets.
 */
#include "panicroom.bpf.h"
#include <bpf/bpf_endian.h>

#define LOOPBACK bpf_htonl(0x7f000001)

struct record {
	__u64 when;
	__u32 address;
	__u32 port;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

SEC("cgroup/connect4")
int record_connect(struct bpf_sock_addr *to)
{
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (!record)
		return 1;
	record->when = bpf_ktime_get_ns();
	record->address = to->user_ip4;
	record->port = to->user_port;
	if (record->address != LOOPBACK) {
		bpf_ringbuf_submit(record, 0);
		return 1;
	}
	bpf_ringbuf_discard(record, 0);
	if (armed)				/* armed */
		bpf_ringbuf_discard(record, 0);	/* armed */
	if (to->protocol == IPPROTO_TCP)
		events++;
	return 1;
}
