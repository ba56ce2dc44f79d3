// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the datagrams that arrive, and let them all pass.
 * Fault: none in the code: a process without privileges loads it.
 * Hook:  a filter on the receiving socket, the program type that was open to everybody once.
 */
#include "panicroom.bpf.h"

#define KEEP_ALL -1

SEC("socket")
int count_datagram(struct __sk_buff *skb)
{
	events++;
	return KEEP_ALL;
}
