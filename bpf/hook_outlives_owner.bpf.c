// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   wait for each outgoing TCP connection to be established, and count it.
 * Fault: the socket is not let go then; it keeps calling after its owner has left.
 * Hook:  sockops, and the callback for changes of a socket's state.
 */
#include "panicroom.bpf.h"

SEC("sockops")
int await_connection(struct bpf_sock_ops *context)
{
	switch (context->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		bpf_sock_ops_cb_flags_set(context, BPF_SOCK_OPS_STATE_CB_FLAG);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		events++;
		if (armed)			/* armed */
			faults++;		/* armed */
		else
			bpf_sock_ops_cb_flags_set(context, 0);
		break;
	}
	return 1;
}
