// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up the packets that are sent, and their bytes, under a spin lock.
 * Fault: the lock is taken a second time before the bytes are added.
 * Hook:  netfilter, local output.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include "panicroom.h"

static struct traffic {
	spinlock_t lock;
	u64 packets, bytes;
} traffic = { .lock = __SPIN_LOCK_UNLOCKED(traffic.lock) };

static unsigned int add_packet(void *private, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	spin_lock(&traffic.lock);
	traffic.packets++;
	if (armed)					/* armed */
		spin_lock(&traffic.lock);		/* armed */
	traffic.bytes += skb->len;
	events = traffic.packets;
	spin_unlock(&traffic.lock);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = add_packet,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_OUT,
};

static int __init self_deadlock_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit self_deadlock_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(self_deadlock_init);
module_exit(self_deadlock_exit);
