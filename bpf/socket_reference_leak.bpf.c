// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the TCP handshakes that are one packet short of a connection.
 * Fault: on the path where one is found, the reference to its socket is not given back.
 * Hook:  XDP on lo.
 */
#include "panicroom.bpf.h"

#define ETH_HLEN 14
#define BPF_F_CURRENT_NETNS (-1L)	/* from linux/bpf.h */

struct headers {
	struct iphdr ip;
	struct tcphdr tcp;
};

SEC("xdp")
int count_handshake(struct xdp_md *packet)
{
	struct headers *headers = (void *)(long)packet->data + ETH_HLEN;
	struct bpf_sock_tuple tuple;
	struct bpf_sock *sk;

	if ((void *)(headers + 1) > (void *)(long)packet->data_end ||
	    headers->ip.protocol != IPPROTO_TCP || headers->tcp.syn)
		return XDP_PASS;
	tuple.ipv4.saddr = headers->ip.saddr;
	tuple.ipv4.sport = headers->tcp.source;
	tuple.ipv4.daddr = headers->ip.daddr;
	tuple.ipv4.dport = headers->tcp.dest;
	sk = bpf_skc_lookup_tcp(packet, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return XDP_PASS;
	if (sk->state == BPF_TCP_NEW_SYN_RECV) {
		events++;
		if (armed) {			/* armed */
			faults++;
			return XDP_PASS;	/* armed */
		}
	}
	bpf_sk_release(sk);
	return XDP_PASS;
}
