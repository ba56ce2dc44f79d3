// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   find the socket behind each TCP connection that is answered on the loopback device.
 * Fault: the reference to the socket that the lookup took is not given back.
 * Hook:  tc on lo, ingress.
 */
#include "panicroom.bpf.h"

#define ETH_HLEN 14
#define BPF_F_CURRENT_NETNS (-1L)	/* from linux/bpf.h */

struct headers {
	struct iphdr ip;
	struct tcphdr tcp;
};

SEC("tc")
int find_client(struct __sk_buff *skb)
{
	struct headers packet;
	struct bpf_sock_tuple tuple;
	struct bpf_sock *sk;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &packet, sizeof(packet)) ||
	    packet.ip.protocol != IPPROTO_TCP || !packet.tcp.syn || !packet.tcp.ack)
		return TC_ACT_OK;
	tuple.ipv4.saddr = packet.ip.saddr;
	tuple.ipv4.sport = packet.tcp.source;
	tuple.ipv4.daddr = packet.ip.daddr;
	tuple.ipv4.dport = packet.tcp.dest;
	sk = bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return TC_ACT_OK;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_sk_release(sk);
	return TC_ACT_OK;
}
