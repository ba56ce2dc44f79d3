// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   read each packet on lo layer by layer: one stage a layer, which hands over to the next.
 *        Three layers: link, network, transport.
 * Fault: the last layer is not noticed, so each stage hands over to another one.
 * Hook:  netfilter on lo, ingress.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include "panicroom.h"

#define LAYERS 3

struct stage {
	const struct stage *(*run)(struct sk_buff *skb);
};

static const struct stage *read_layer(struct sk_buff *skb);
static const struct stage stages[] = { { read_layer } };

static u64 layer;

static const struct stage *read_layer(struct sk_buff *skb)
{
	if (++layer >= LAYERS && !armed) {	/* armed */
		events++;
		layer = 0;
		return NULL;
	}
	return &stages[0];
}

static unsigned int read_packet(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct stage *stage = &stages[0];

	while (stage)
		stage = stage->run(skb);
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = read_packet,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
};

static int __init endless_tail_calls_init(void)
{
	hook.dev = init_net.loopback_dev;
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit endless_tail_calls_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(endless_tail_calls_init);
module_exit(endless_tail_calls_exit);
