// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a note for each TCP connection that is opened, from connect to close.
 * Fault: the note is not thrown away at the end.
 * Hook:  fentry on tcp_v4_connect and on tcp_close.
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

SEC("fentry/tcp_v4_connect")
int BPF_PROG(connection_begins, struct sock *sk)
{
	struct note *note;

	note = bpf_sk_storage_get(&notes, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (note)
		note->opened = bpf_ktime_get_ns();
	return 0;
}

SEC("fentry/tcp_close")
int BPF_PROG(connection_ends, struct sock *sk)
{
	if (!bpf_sk_storage_get(&notes, sk, NULL, 0))
		return 0;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_sk_storage_delete(&notes, sk);
	return 0;
}
