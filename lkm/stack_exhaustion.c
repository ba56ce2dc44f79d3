// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   read each packet on lo layer by layer: a chain of functions with a buffer each.
 *        Ethernet has 14 bytes, IPv4 20, UDP 8.
 * Fault: the chain goes one layer deeper than the stack has room for.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include "panicroom.h"

#define FRAME (THREAD_SIZE / 3)	/* interrupts have a stack as large as a thread's */
#pragma GCC diagnostic ignored "-Wframe-larger-than="	/* the compiler does warn */

static noinline int read_transport(struct sk_buff *skb)
{
	char buffer[FRAME];

	return skb_copy_bits(skb, skb_network_offset(skb) + 20, buffer, 8);
}

static noinline int read_network(struct sk_buff *skb)
{
	char buffer[FRAME];

	if (armed && read_transport(skb))	/* armed */
		return -1;
	return skb_copy_bits(skb, skb_network_offset(skb), buffer, 20);
}

static noinline int read_link(struct sk_buff *skb)
{
	char buffer[FRAME];

	if (read_network(skb))
		return -1;
	return skb_copy_bits(skb, skb_mac_offset(skb), buffer, 14);
}

static unsigned int read_packet(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (!read_link(skb))
		events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = read_packet,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init stack_exhaustion_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit stack_exhaustion_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(stack_exhaustion_init);
module_exit(stack_exhaustion_exit);
