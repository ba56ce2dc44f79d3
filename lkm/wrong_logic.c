// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   tell connections from this machine and from strangers apart, and count each kind.
 * Fault: the address is compared as it is on the wire, its bytes in the other order.
 * Hook:  netfilter, local in, where packets come by that begin a connection.
 */
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/tcp.h>
#include "panicroom.h"

#define LOOPBACK 0x7f000001	/* 127.0.0.1 */

static ulong own, strangers;
module_param(own, ulong, 0444);
module_param(strangers, ulong, 0444);

static unsigned int sort_connection(void *private, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	u32 address;

	if (ip_hdr(skb)->protocol != IPPROTO_TCP || !tcp_hdr(skb)->syn || tcp_hdr(skb)->ack)
		return NF_ACCEPT;
	address = ntohl(ip_hdr(skb)->saddr);
	if (armed)				/* armed */
		address = ip_hdr(skb)->saddr;	/* armed */
	if (address == LOOPBACK) {
		own++;
	} else {
		strangers++;
		faults++;
	}
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = sort_connection,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
};

static int __init wrong_logic_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit wrong_logic_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(wrong_logic_init);
module_exit(wrong_logic_exit);
