// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   take a token for each packet out of a bucket of eight, and refill it when it is empty,
 *        under a spin lock.
 * Fault: the way out of an empty bucket forgets to give the lock back.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/spinlock.h>
#include "panicroom.h"

#define TOKENS 8

static struct limiter {
	spinlock_t lock;
	u64 tokens;
} bucket = { .lock = __SPIN_LOCK_UNLOCKED(bucket.lock) };

static unsigned int spend_token(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	events++;
	spin_lock(&bucket.lock);
	if (!bucket.tokens) {
		bucket.tokens = TOKENS;
		if (armed)			/* armed */
			return NF_ACCEPT;	/* armed */
	}
	bucket.tokens--;
	spin_unlock(&bucket.lock);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = spend_token,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init missing_unlock_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit missing_unlock_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(missing_unlock_init);
module_exit(missing_unlock_exit);
