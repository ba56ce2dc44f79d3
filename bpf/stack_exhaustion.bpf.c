// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   read each packet on lo layer by layer: a chain of functions with a buffer each.
 *        Ethernet has 14 bytes, IPv4 20, UDP 8.
 * Fault: the chain goes one layer deeper than the stack has room for.
 * Hook:  tc on lo, ingress.
 */
#include "panicroom.bpf.h"

#define FRAME 200	/* a program's stack has 512 bytes */

static __noinline int read_transport(struct __sk_buff *skb)
{
	char buffer[FRAME];

	return bpf_skb_load_bytes(skb, 34, buffer, 8);
}

static __noinline int read_network(struct __sk_buff *skb)
{
	char buffer[FRAME];

	if (armed && read_transport(skb))	/* armed */
		return -1;
	return bpf_skb_load_bytes(skb, 14, buffer, 20);
}

static __noinline int read_link(struct __sk_buff *skb)
{
	char buffer[FRAME];

	if (read_network(skb))
		return -1;
	return bpf_skb_load_bytes(skb, 0, buffer, 14);
}

SEC("tc")
int read_packet(struct __sk_buff *skb)
{
	if (!read_link(skb))
		events++;
	return TC_ACT_OK;
}
