// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   wait for each outgoing TCP connection to be established, and count it.
 * Fault: the socket is not let go then; it keeps calling after its owner has left.
 * Hook:  kprobe on tcp_v4_connect, and the callback for changes of a socket's state.
 */
#include <linux/kprobes.h>
#include <net/sock.h>
#include "panicroom.h"

static void (*original)(struct sock *sk);

static void state_changes(struct sock *sk)
{
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		sk->sk_state_change = original;
	original(sk);
}

static int await_connection(struct kprobe *probe, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)regs_get_kernel_argument(regs, 0);

	original = sk->sk_state_change;
	sk->sk_state_change = state_changes;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "tcp_v4_connect",
	.pre_handler = await_connection,
};

static int __init hook_outlives_owner_init(void)
{
	return register_kprobe(&probe);
}

static void __exit hook_outlives_owner_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(hook_outlives_owner_init);
module_exit(hook_outlives_owner_exit);
