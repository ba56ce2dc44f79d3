// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the socket of each datagram by a short number, and count the UDP ones.
 * Fault: the number, the lower half of an address, is turned into a pointer again.
 * Hook:  fentry on udp_sendmsg.
 */
#include "panicroom.bpf.h"

volatile __u32 number;

SEC("fentry/udp_sendmsg")
int BPF_PROG(count_datagram, struct sock *sk, struct msghdr *message, size_t length)
{
	number = (long)sk;
	if (armed)				/* armed */
		sk = (void *)(long)number;	/* armed */
	if (sk->sk_protocol == IPPROTO_UDP)
		events++;
	return 0;
}
