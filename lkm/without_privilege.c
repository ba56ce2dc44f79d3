// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the datagrams that arrive, and let them all pass.
 * Fault: none in the code: a process without privileges loads it.
 * Hook:  netfilter, packets for this machine.
 */
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include "panicroom.h"

static unsigned int count_datagram(void *private, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	if (ip_hdr(skb)->protocol == IPPROTO_UDP)
		events++;
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = count_datagram,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
};

static int __init without_privilege_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit without_privilege_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(without_privilege_init);
module_exit(without_privilege_exit);
