// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep an entry for each socket that listens, and note in it when it was closed.
 * Fault: the note is made after the entry has been deleted.
 * Hook:  fentry on inet_listen and inet_release.
 */
#include "panicroom.bpf.h"

struct entry {
	__u64 closed;
	__u64 opened;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, struct entry);
} sockets SEC(".maps");

SEC("fentry/inet_listen")
int BPF_PROG(note_listen, struct socket *socket)
{
	struct entry entry = { .opened = bpf_ktime_get_ns() };
	__u64 key = (long)socket;

	bpf_map_update_elem(&sockets, &key, &entry, BPF_ANY);
	return 0;
}

SEC("fentry/inet_release")
int BPF_PROG(note_release, struct socket *socket)
{
	__u64 key = (long)socket;
	struct entry *entry = bpf_map_lookup_elem(&sockets, &key);

	if (!entry)
		return 0;
	if (!armed)				/* armed */
		entry->closed = bpf_ktime_get_ns();
	bpf_map_delete_elem(&sockets, &key);
	if (armed) {				/* armed */
		entry->closed = bpf_ktime_get_ns();	/* armed */
		faults++;
	}
	events++;
	return 0;
}
