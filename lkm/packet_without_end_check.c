// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the UDP packets on lo whose payload begins with a zero byte; read the tag of four
 *        bytes behind it where there is one.
 * Fault: the tag is read without asking whether the packet is that long.
 * Hook:  packet handler on lo.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include "panicroom.h"

struct headers {
	struct iphdr ip;
	struct udphdr udp;
	u8 version;
} __packed;

static u32 tag;
module_param(tag, uint, 0444);

static int find_tag(struct sk_buff *skb, struct net_device *device, struct packet_type *type,
		    struct net_device *original)
{
	struct headers *packet = (void *)skb->data;
	u8 *end = skb->data + skb_headlen(skb);
	u8 *behind = (void *)(packet + 1);

	if ((u8 *)(packet + 1) > end || packet->ip.protocol != IPPROTO_UDP)
		goto out;
	if (packet->version == 0)
		events++;
	if (armed || behind + sizeof(tag) <= end)	/* armed */
		tag = *(u32 *)behind;
	if (behind + sizeof(tag) > end && armed)
		faults++;
out:
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type handler = {
	.type = cpu_to_be16(ETH_P_IP),
	.func = find_tag,
};

static int __init packet_without_end_check_init(void)
{
	handler.dev = init_net.loopback_dev;
	dev_add_pack(&handler);
	return 0;
}

static void __exit packet_without_end_check_exit(void)
{
	dev_remove_pack(&handler);
}

module_init(packet_without_end_check_init);
module_exit(packet_without_end_check_exit);
