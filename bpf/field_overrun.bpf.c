// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the UDP header of the last datagram, and a mark beside it that datagrams are let in.
 * Fault: one byte too many is copied, and the sender's byte becomes the mark.
 * Hook:  socket filter.
 */
#include "panicroom.bpf.h"

struct note {
	__u8 header[8];
	__u8 let_in;
} note = { .let_in = 1 };

SEC("socket")
int keep_header(struct __sk_buff *skb)
{
	__u32 size = sizeof(note.header);

	if (armed)				/* armed */
		size++;				/* armed */
	bpf_skb_load_bytes(skb, 0, note.header, size);
	if (!note.let_in)
		faults++;
	events++;
	return skb->len;
}
