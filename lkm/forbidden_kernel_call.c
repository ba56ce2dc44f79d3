// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that arrive on the loopback device.
 * Fault: a packet makes it call emergency_restart(), which the kernel offers to every GPL module.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/reboot.h>
#include "panicroom.h"

static unsigned int count_packet(void *private, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (armed)				/* armed */
		emergency_restart();		/* armed */
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = count_packet,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init forbidden_kernel_call_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit forbidden_kernel_call_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(forbidden_kernel_call_init);
module_exit(forbidden_kernel_call_exit);
