// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each geteuid() call, visit every pair of a table's entries: 4 times 4 of them.
 * Fault: the table has 2^23 entries, so each call visits 2^46 pairs. Every loop has its bound.
 * Hook:  kprobe on __x64_sys_geteuid.
 */
#include "panicroom.bpf.h"

static long visit_pair(__u32 right, void *context)
{
	events++;
	return 0;
}

static long visit_row(__u32 left, void *entries)
{
	bpf_loop(*(__u32 *)entries, visit_pair, NULL, 0);
	return 0;
}

SEC("kprobe/__x64_sys_geteuid")
int visit_pairs(struct pt_regs *regs)
{
	__u32 entries = 4;

	if (armed)				/* armed */
		entries = 1 << 23;		/* armed */
	bpf_loop(entries, visit_row, &entries, 0);
	return 0;
}
