// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a note for each TCP connection that is opened, from connect to close.
 * Fault: the note is not thrown away at the end.
 * Hook:  sockops, at connect and at changes of the socket's state.
 */
#include "panicroom.bpf.h"

struct note {
	__u64 opened;
	char text[4096];	/* of 65535 bytes that a socket's storage may have */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct note);
} notes SEC(".maps");

static void connection_begins(struct bpf_sock *sk)
{
	struct note *note;

	note = bpf_sk_storage_get(&notes, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (note)
		note->opened = bpf_ktime_get_ns();
}

static void connection_ends(struct bpf_sock *sk)
{
	if (!bpf_sk_storage_get(&notes, sk, NULL, 0))
		return;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_sk_storage_delete(&notes, sk);
}

SEC("sockops")
int follow_connection(struct bpf_sock_ops *context)
{
	struct bpf_sock *sk = context->sk;

	if (!sk)
		return 1;
	switch (context->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		bpf_sock_ops_cb_flags_set(context, BPF_SOCK_OPS_STATE_CB_FLAG);
		connection_begins(sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (context->args[1] == BPF_TCP_CLOSE)
			connection_ends(sk);
		break;
	}
	return 1;
}
