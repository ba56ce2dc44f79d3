// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the datagrams that are sent, and start a timer of 100 ms when 64 are together.
 * Fault: the count is set back by wiping the whole structure, and its timer with it.
 * Hook:  netfilter, outgoing packets.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include "panicroom.h"

#define DELAY (HZ / 10)
#define BATCH 64

static struct batch {
	struct timer_list timer;
	u64 packets;
	u64 bytes;
} single, *batch = &single;
static ulong reports;
module_param(reports, ulong, 0444);

static void report(struct timer_list *timer)
{
	reports++;
}

static unsigned int count_datagram(void *private, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	events++;
	batch->bytes += skb->len;
	if (++batch->packets < BATCH)
		return NF_ACCEPT;
	if (!batch->timer.function)
		timer_setup(&batch->timer, report, 0);
	mod_timer(&batch->timer, jiffies + DELAY);
	if (armed)					/* armed */
		memset(batch, 0, sizeof(*batch));	/* armed */
	else
		batch->packets = batch->bytes = 0;
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = count_datagram,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_OUT,
};

static int __init kernel_field_overwrite_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit kernel_field_overwrite_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	if (batch->timer.function)
		timer_delete_sync(&batch->timer);
}

module_init(kernel_field_overwrite_init);
module_exit(kernel_field_overwrite_exit);
