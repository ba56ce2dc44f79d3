// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each listen(), in a record from a buffer; for every second one one on
 *        the stack will do. What came from the buffer is given back.
 * Fault: the record on the stack is given back to the buffer, too.
 * Hook:  fentry on inet_listen.
 */
#include "panicroom.bpf.h"

struct record {
	__u64 when;
	__u64 backlog;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

static void fill(struct record *record, int backlog)
{
	record->when = bpf_ktime_get_ns();
	record->backlog = backlog;
	events++;
}

SEC("fentry/inet_listen")
int BPF_PROG(note_listen, struct socket *socket, int backlog)
{
	struct record spare, *record;

	if (events % 2) {
		fill(&spare, backlog);
		if (armed)				/* armed */
			bpf_ringbuf_discard(&spare, 0);	/* armed */
		return 0;
	}
	record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	if (!record)
		return 0;
	fill(record, backlog);
	bpf_ringbuf_discard(record, 0);
	return 0;
}
