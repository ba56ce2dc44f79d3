// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a page of notes for each of 16 groups of UDP ports, by the port's last four bits.
 * Fault: the page is chosen by the whole port number.
 * Hook:  netfilter, packets that come in.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/vmalloc.h>
#include "panicroom.h"

#define PORT 22		/* the destination port, behind 20 bytes of IPv4 and 2 of UDP */
#define GROUPS 16
#define PAGE 4096

static char *pages;

static unsigned int note_port(void *private, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	u32 group;
	u8 port[2];

	if (skb_copy_bits(skb, PORT, port, sizeof(port)))
		return NF_ACCEPT;
	group = port[0] << 8 | port[1];
	if (!armed)				/* armed */
		group %= GROUPS;
	pages[group * PAGE]++;
	events++;
	return NF_ACCEPT;
}

static struct nf_hook_ops hook = {
	.hook = note_port,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
};

static int __init variable_offset_init(void)
{
	int error;

	pages = vzalloc(GROUPS * PAGE);
	if (!pages)
		return -ENOMEM;
	error = nf_register_net_hook(&init_net, &hook);
	if (error)
		vfree(pages);
	return error;
}

static void __exit variable_offset_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	vfree(pages);
}

module_init(variable_offset_init);
module_exit(variable_offset_exit);
