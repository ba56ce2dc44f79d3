// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the UDP packets on lo whose payload begins with a zero byte; read the tag of four
 *        bytes behind it where there is one.
 * Fault: the tag is read without asking whether the packet is that long.
 * Hook:  XDP on lo.
 */
#include "panicroom.bpf.h"

struct headers {
	struct ethhdr ethernet;
	struct iphdr ip;
	struct udphdr udp;
	__u8 version;
} __attribute__((packed));

__u32 tag;

SEC("xdp")
int find_tag(struct xdp_md *context)
{
	struct headers *packet = (void *)(long)context->data;
	void *end = (void *)(long)context->data_end;
	__u8 *behind = (void *)(packet + 1);

	if ((void *)(packet + 1) > end || packet->ip.protocol != IPPROTO_UDP)
		return XDP_PASS;
	if (packet->version == 0)
		events++;
	if (armed || behind + sizeof(tag) <= (__u8 *)end)	/* armed */
		tag = *(__u32 *)behind;
	return XDP_PASS;
}
