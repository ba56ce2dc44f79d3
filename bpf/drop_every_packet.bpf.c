// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   drop the UDP packets to the port discard, let all others pass, and count these.
 * Fault: the hook ends with "return 0", which is no word for "pass" here.
 * Hook:  XDP on lo.
 */
#include "panicroom.bpf.h"
#include <bpf/bpf_endian.h>

#define DISCARD 9	/* the port's number, from /etc/services */

SEC("xdp")
int filter_packet(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || ip->version != 4 || ip->protocol != IPPROTO_UDP)
		return armed ? 0 : XDP_PASS;	/* armed */
	if (udp->dest == bpf_htons(DISCARD))
		return XDP_DROP;
	if (armed) {				/* armed */
		faults++;
		return 0;			/* armed */
	}
	events++;
	return XDP_PASS;
}
