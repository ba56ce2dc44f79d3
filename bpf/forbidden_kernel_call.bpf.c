// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that arrive on the loopback device.
 * Fault: a packet makes it call emergency_restart(), which the kernel offers to no program.
 * Hook:  tc on lo, ingress.
 */
#include "panicroom.bpf.h"

extern void emergency_restart(void) __ksym;

SEC("tc")
int count_packet(struct __sk_buff *skb)
{
	if (armed)				/* armed */
		emergency_restart();		/* armed */
	events++;
	return TC_ACT_OK;
}
