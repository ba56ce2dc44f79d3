// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give each TCP connection a lease of 100 ms, and end it with the connection.
 * Fault: the lease is thrown away while its timer still runs.
 * Hook:  control group hooks connect4 and sock_release.
 */
#include "panicroom.bpf.h"

#define CLOCK_MONOTONIC 1
#define DEADLINE 100000000ULL

struct lease { struct bpf_timer timer; };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, struct lease);
} leases SEC(".maps");

__u64 expired;

static int expire(void *map, __u64 *socket, struct lease *lease)
{
	expired++;
	return 0;
}

SEC("cgroup/connect4")
int connection_begins(struct bpf_sock_addr *address)
{
	__u64 socket = bpf_get_socket_cookie(address);
	struct lease fresh = {}, *lease;

	bpf_map_update_elem(&leases, &socket, &fresh, BPF_ANY);
	lease = bpf_map_lookup_elem(&leases, &socket);
	if (!lease)
		return 1;
	bpf_timer_init(&lease->timer, &leases, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&lease->timer, expire);
	bpf_timer_start(&lease->timer, DEADLINE, 0);
	return 1;
}

SEC("cgroup/sock_release")
int connection_ends(struct bpf_sock *sk)
{
	__u64 socket = bpf_get_socket_cookie(sk);
	struct lease *lease = bpf_map_lookup_elem(&leases, &socket);

	if (!lease)
		return 1;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		bpf_timer_cancel(&lease->timer);
	bpf_map_delete_elem(&leases, &socket);
	return 1;
}
