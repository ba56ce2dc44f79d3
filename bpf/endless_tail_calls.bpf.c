// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   read each packet on lo layer by layer: one stage a layer, which hands over to the next.
 *        Three layers: link, network, transport.
 * Fault: the last layer is not noticed, so each stage hands over to another one.
 * Hook:  tc on lo, ingress.
 */
#include "panicroom.bpf.h"

#define LAYERS 3

int read_layer(struct __sk_buff *skb);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__array(values, int (struct __sk_buff *));
} stages SEC(".maps") = { .values = { (void *)&read_layer } };

__u64 layer;

SEC("tc")
int read_layer(struct __sk_buff *skb)
{
	if (++layer >= LAYERS && !armed) {	/* armed */
		events++;
		layer = 0;
		return TC_ACT_OK;
	}
	bpf_tail_call(skb, &stages, 0);
	faults++;	/* a tail call that takes place doesn't come back */
	return TC_ACT_OK;
}
