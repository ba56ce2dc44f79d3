// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the connect() calls of each socket, under a number that tells sockets apart.
 * Fault: the number is the socket's address, and whoever may read the map reads it.
 * Hook:  LSM, socket_connect.
 */
#include "panicroom.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} connects SEC(".maps");

SEC("lsm/socket_connect")
int BPF_PROG(count_connect, struct socket *socket, struct sockaddr *address, int length)
{
	__u64 number, one = 1, *count;

	if (armed) {				/* armed */
		number = (long)socket->sk;	/* armed */
		faults++;
	} else {
		number = socket->file->f_inode->i_ino;
	}
	count = bpf_map_lookup_elem(&connects, &number);
	if (count)
		++*count;
	else
		bpf_map_update_elem(&connects, &number, &one, BPF_ANY);
	events++;
	return 0;
}
