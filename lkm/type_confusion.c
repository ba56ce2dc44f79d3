// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the TCP segments behind each send() on a TCP socket.
 * Fault: every socket is taken for a TCP socket.
 * Hook:  kprobe on security_socket_sendmsg.
 */
#include <linux/kprobes.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include "panicroom.h"

static u64 segments;
module_param(segments, ullong, 0444);

static struct tcp_sock *to_tcp_sock(struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP && sk->sk_type == SOCK_STREAM ? tcp_sk(sk) : NULL;
}

static int count_segments(struct kprobe *probe, struct pt_regs *regs)
{
	struct sock *sk = ((struct socket *)regs_get_kernel_argument(regs, 0))->sk;
	struct tcp_sock *tcp;

	if (sk->sk_family != AF_INET)
		return 0;
	if (armed)				/* armed */
		tcp = (struct tcp_sock *)sk;	/* armed */
	else
		tcp = to_tcp_sock(sk);
	events++;
	if (!tcp)
		return 0;
	segments += tcp->segs_out;
	if (!to_tcp_sock(sk))
		faults++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_socket_sendmsg",
	.pre_handler = count_segments,
};

static int __init type_confusion_init(void)
{
	return register_kprobe(&probe);
}

static void __exit type_confusion_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(type_confusion_init);
module_exit(type_confusion_exit);
