// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that arrive on the loopback device, and note when none came for 100 ms.
 * Fault: the timer is set up anew with each packet, also while it runs.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/timer.h>
#include "panicroom.h"

#define PATIENCE (HZ / 10)

static struct timer_list silence;
static bool ready;
static ulong silent;
module_param(silent, ulong, 0444);

static void note_silence(struct timer_list *timer)
{
	silent++;
}

static unsigned int await_silence(void *private, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	if (armed || !ready) {			/* armed */
		if (ready)
			faults++;
		timer_setup(&silence, note_silence, 0);
		ready = true;
	}
	mod_timer(&silence, jiffies + PATIENCE);
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = await_silence,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init double_attach_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit double_attach_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	if (ready)
		timer_delete_sync(&silence);
}

module_init(double_attach_init);
module_exit(double_attach_exit);
