// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a sample of what each packet carries behind its headers, 16 bytes at most.
 * Fault: the length is checked against 16 only, and is negative for a short packet.
 * Hook:  cgroup, packets that go out.
 */
#include "panicroom.bpf.h"

#define HEADERS 32	/* IPv4 20, UDP 8, and 4 of the protocol above */
#define SAMPLE 16

char sample[SAMPLE];

SEC("cgroup_skb/egress")
int take_sample(struct __sk_buff *skb)
{
	int length = skb->len - HEADERS;

	if (length > SAMPLE)
		length = SAMPLE;
	if (armed || length > 0)		/* armed */
		bpf_skb_load_bytes(skb, HEADERS, sample, length);
	events++;
	return 1;
}
