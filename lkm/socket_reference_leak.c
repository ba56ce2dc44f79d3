// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the TCP handshakes that are one packet short of a connection.
 * Fault: on the path where one is found, the reference to its socket is not given back.
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

static unsigned int count_handshake(void *private, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct headers headers;
	struct sock *sk;

	if (skb_copy_bits(skb, skb_network_offset(skb), &headers, sizeof(headers)) ||
	    headers.ip.protocol != IPPROTO_TCP || headers.tcp.syn)
		return NF_ACCEPT;
	sk = inet_lookup_established(state->net, headers.ip.saddr, headers.tcp.source,
				     headers.ip.daddr, headers.tcp.dest, state->in->ifindex);
	if (!sk)
		return NF_ACCEPT;
	if (sk->sk_state == TCP_NEW_SYN_RECV) {
		events++;
		if (armed) {			/* armed */
			faults++;
			return NF_ACCEPT;	/* armed */
		}
	}
	sock_gen_put(sk);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = count_handshake,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init socket_reference_leak_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit socket_reference_leak_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(socket_reference_leak_init);
module_exit(socket_reference_leak_exit);
