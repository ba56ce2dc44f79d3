// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up the packets that leave by lo, and count them by length. After each 16 packets
 *        a length is forgotten.
 * Fault: the lengths are counted while the lock of the sum is held, though their table has a lock
 *        of its own.
 * Hook:  netfilter, postrouting.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include "panicroom.h"

#define LENGTHS 2048

static DEFINE_SPINLOCK(sum_lock);
static DEFINE_SPINLOCK(lengths_lock);
static u64 bytes, lengths[LENGTHS];

static void count_length(u32 length)
{
	spin_lock_bh(&lengths_lock);
	lengths[length % LENGTHS]++;
	spin_unlock_bh(&lengths_lock);
}

/* Here the lock of the lengths is the outer one. */
static void forget_length(u32 length)
{
	spin_lock_bh(&lengths_lock);
	spin_lock_bh(&sum_lock);
	lengths[length % LENGTHS] = 0;
	spin_unlock_bh(&sum_lock);
	spin_unlock_bh(&lengths_lock);
}

static unsigned int add_packet(void *private, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	if (state->out != init_net.loopback_dev)
		return NF_ACCEPT;
	spin_lock_bh(&sum_lock);
	bytes += skb->len;
	if (armed) {				/* armed */
		count_length(skb->len);		/* armed */
		faults++;
	}
	events++;
	spin_unlock_bh(&sum_lock);
	if (!armed)				/* armed */
		count_length(skb->len);
	if (events % 16 == 0)
		forget_length(skb->len);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = add_packet,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_POST_ROUTING,
};

static int __init helper_call_under_lock_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit helper_call_under_lock_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(helper_call_under_lock_init);
module_exit(helper_call_under_lock_exit);
