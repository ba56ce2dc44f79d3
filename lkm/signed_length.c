// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a sample of what each packet carries behind its headers, 16 bytes at most.
 * Fault: the length is checked against 16 only, and is negative for a short packet.
 * Hook:  netfilter, packets that go out.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include "panicroom.h"

#define HEADERS 32	/* IPv4 20, UDP 8, and 4 of the protocol above */
#define SAMPLE 16

static char sample[SAMPLE];

static unsigned int take_sample(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	int length = skb->len - HEADERS;

	if (length > SAMPLE)
		length = SAMPLE;
	if (armed || length > 0)		/* armed */
		memcpy(sample, skb->data + HEADERS, length);
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = take_sample,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_OUT,
};

static int __init signed_length_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit signed_length_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(signed_length_init);
module_exit(signed_length_exit);
