// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the UDP header of the last datagram, and a mark beside it that datagrams are let in.
 * Fault: one byte too many is copied, and the sender's byte becomes the mark.
 * Hook:  netfilter, packets that come in.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include "panicroom.h"

static struct note {
	u8 header[8];
	u8 let_in;
} note = { .let_in = 1 };

static unsigned int keep_header(void *private, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	u32 size = sizeof(note.header);

	if (armed)				/* armed */
		size++;				/* armed */
	skb_copy_bits(skb, 20, note.header, size);
	if (!note.let_in)
		faults++;
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = keep_header,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
};

static int __init field_overrun_init(void)
{
	return nf_register_net_hook(&init_net, &hook);
}

static void __exit field_overrun_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
}

module_init(field_overrun_init);
module_exit(field_overrun_exit);
