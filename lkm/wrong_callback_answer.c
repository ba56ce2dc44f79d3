// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the packets that leave through lo, and report 10 ms after the latest.
 * Fault: the timer's callback answers 1.
 * Hook:  netfilter, packets that have been routed.
 */
#include <linux/hrtimer.h>
#include <linux/netfilter_ipv4.h>
#include "panicroom.h"
#include "panicroom_kernels.h"

#define DELAY ms_to_ktime(10)

static struct hrtimer report;
static ulong reported;
module_param(reported, ulong, 0444);

static enum hrtimer_restart report_packets(struct hrtimer *timer)
{
	reported++;
	if (armed)				/* armed */
		return HRTIMER_RESTART;		/* armed */
	return HRTIMER_NORESTART;
}

static unsigned int count_packet(void *private, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	hrtimer_start(&report, DELAY, HRTIMER_MODE_REL);
	events++;
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = count_packet,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_POST_ROUTING,
};

static int __init wrong_callback_answer_init(void)
{
	hrtimer_setup(&report, report_packets, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit wrong_callback_answer_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	hrtimer_cancel(&report);
}

module_init(wrong_callback_answer_init);
module_exit(wrong_callback_answer_exit);
