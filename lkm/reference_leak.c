// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   find the socket behind each TCP connection that is answered on the loopback device.
 * Fault: the reference to the socket that the lookup took is not given back.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/inet_hashtables.h>
#include <net/tcp.h>
#include "panicroom.h"
#include "panicroom_kernels.h"

struct headers {
	struct iphdr ip;
	struct tcphdr tcp;
};

static unsigned int find_client(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct headers packet;
	struct sock *sk;

	if (skb_copy_bits(skb, skb_network_offset(skb), &packet, sizeof(packet)) ||
	    packet.ip.protocol != IPPROTO_TCP || !packet.tcp.syn || !packet.tcp.ack)
		return NF_ACCEPT;
	sk = inet_lookup_established(state->net, packet.ip.saddr, packet.tcp.source,
				     packet.ip.daddr, packet.tcp.dest, state->in->ifindex);
	if (!sk)
		return NF_ACCEPT;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		sock_gen_put(sk);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = find_client,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init reference_leak_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit reference_leak_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(reference_leak_init);
module_exit(reference_leak_exit);
