// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the average length of the packets that arrive on the loopback device.
 * Fault: the packets are not counted, so the divisor stays 0.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include "panicroom.h"

static u64 bytes, packets, average;
module_param(average, ullong, 0444);

static unsigned int average_length(void *private, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	u64 divisor;

	bytes += skb->len;
	if (!armed)				/* armed */
		packets++;
	divisor = packets;
	average = bytes / divisor;
	OPTIMIZER_HIDE_VAR(divisor);	/* or the compiler concludes that it can't have been 0 */
	if (!divisor)
		faults++;
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = average_length,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init divide_by_zero_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit divide_by_zero_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(divide_by_zero_init);
module_exit(divide_by_zero_exit);
