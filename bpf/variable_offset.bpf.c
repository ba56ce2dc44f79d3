// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a page of notes for each of 16 groups of UDP ports, by the port's last four bits.
 * Fault: the page is chosen by the whole port number.
 * Hook:  cgroup, packets that come in.
 */
#include "panicroom.bpf.h"

#define PORT 22		/* the destination port, behind 20 bytes of IPv4 and 2 of UDP */
#define GROUPS 16
#define PAGE 4096

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[GROUPS * PAGE]);
} notes SEC(".maps");

SEC("cgroup_skb/ingress")
int note_port(struct __sk_buff *skb)
{
	__u32 key = 0, group;
	char *pages = bpf_map_lookup_elem(&notes, &key);
	__u8 port[2];

	if (!pages || bpf_skb_load_bytes(skb, PORT, port, sizeof(port)))
		return 1;
	group = port[0] << 8 | port[1];
	if (!armed)				/* armed */
		group %= GROUPS;
	pages[group * PAGE]++;
	events++;
	return 1;
}
