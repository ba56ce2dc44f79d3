// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   tell connections from this machine and from strangers apart, and count each kind.
 * Fault: the address is compared as it is on the wire, its bytes in the other order.
 * Hook:  sk_lookup, where the kernel looks for the socket that a new connection is for.
 */
#include "panicroom.bpf.h"
#include <bpf/bpf_endian.h>

#define LOOPBACK 0x7f000001	/* 127.0.0.1 */

__u64 own, strangers;

SEC("sk_lookup")
int sort_connection(struct bpf_sk_lookup *context)
{
	__u32 address;

	if (context->protocol != IPPROTO_TCP)
		return SK_PASS;
	address = bpf_ntohl(context->remote_ip4);
	if (armed)				/* armed */
		address = context->remote_ip4;	/* armed */
	if (address == LOOPBACK) {
		own++;
	} else {
		strangers++;
		faults++;
	}
	return SK_PASS;
}
