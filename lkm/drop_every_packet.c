// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   drop the UDP packets to the port discard, let all others pass, and count these.
 * Fault: the hook ends with "return 0", which is no word for "pass" here.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/udp.h>
#include "panicroom.h"

#define DISCARD 9	/* the port's number, from /etc/services */

static unsigned int filter_packet(void *private, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct iphdr *ip = (struct iphdr *)skb->data;
	struct udphdr *udp = (struct udphdr *)(ip + 1);

	if (skb_headlen(skb) < sizeof(*ip) + sizeof(*udp) || ip->version != 4 ||
	    ip->protocol != IPPROTO_UDP)
		return armed ? 0 : NF_ACCEPT;	/* armed */
	if (udp->dest == htons(DISCARD))
		return NF_DROP;
	if (armed) {				/* armed */
		faults++;
		return 0;			/* armed */
	}
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = filter_packet,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init drop_every_packet_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit drop_every_packet_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(drop_every_packet_init);
module_exit(drop_every_packet_exit);
