// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   remember the socket of each datagram by a short number, and count the UDP ones.
 * Fault: the number, the lower half of an address, is turned into a pointer again.
 * Hook:  kprobe on udp_sendmsg.
 */
#include <linux/kprobes.h>
#include <net/sock.h>
#include "panicroom.h"

static volatile u32 number;

static int count_datagram(struct kprobe *probe, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)regs_get_kernel_argument(regs, 0);

	number = (long)sk;
	if (armed)				/* armed */
		sk = (void *)(long)number;	/* armed */
	if (sk->sk_protocol == IPPROTO_UDP)
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "udp_sendmsg",
	.pre_handler = count_datagram,
};

static int __init wild_pointer_init(void)
{
	return register_kprobe(&probe);
}

static void __exit wild_pointer_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(wild_pointer_init);
module_exit(wild_pointer_exit);
