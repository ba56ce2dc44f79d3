// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the TCP segments behind each send() on a TCP socket.
 * Fault: every socket is taken for a TCP socket.
 * Hook:  LSM, socket_sendmsg.
 */
#include "panicroom.bpf.h"

#define AF_INET 2	/* from linux/socket.h */

__u64 segments;

SEC("lsm/socket_sendmsg")
int BPF_PROG(count_segments, struct socket *socket, struct msghdr *message, int size)
{
	struct sock *sk = socket->sk;
	struct tcp_sock *tcp;

	if (!sk || sk->__sk_common.skc_family != AF_INET)
		return 0;
	if (armed)				/* armed */
		tcp = (struct tcp_sock *)sk;	/* armed */
	else
		tcp = bpf_skc_to_tcp_sock(sk);
	events++;
	if (!tcp)
		return 0;
	segments += tcp->segs_out;
	return 0;
}
