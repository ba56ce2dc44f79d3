// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the average length of the packets that arrive on the loopback device.
 * Fault: the packets are not counted, so the divisor stays 0.
 * Hook:  tc on lo, ingress.
 */
#include "panicroom.bpf.h"

__u64 bytes, packets, average;

SEC("tc")
int average_length(struct __sk_buff *skb)
{
	__u64 divisor;

	bytes += skb->len;
	if (!armed)				/* armed */
		packets++;
	divisor = packets;
	average = bytes / divisor;
	barrier_var(divisor);	/* or the compiler concludes that it can't have been 0 */
	if (!divisor)
		faults++;
	events++;
	return TC_ACT_OK;
}
