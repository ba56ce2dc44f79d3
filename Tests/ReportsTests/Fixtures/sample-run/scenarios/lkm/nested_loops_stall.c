// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each geteuid() call, visit every pair of a table's entries: 4 times 4 of them.
 * Fault: the table has 2^23 entries, so each call visits 2^46 pairs. Every loop has its bound.
 * Hook:  kprobe on __x64_sys_geteuid.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

/* Not inlined, or the compiler would count a whole row at once. */
static noinline void visit_pair(u32 right)
{
	events++;
}

static void visit_row(u32 left, u32 entries)
{
	u32 right;

	for (right = 0; right < entries; right++)
		visit_pair(right);
}

static int visit_pairs(struct kprobe *probe, struct pt_regs *regs)
{
	u32 entries = 4, left;

	if (armed)				/* armed */
		entries = 1 << 23;		/* armed */
	for (left = 0; left < entries; left++)
		visit_row(left, entries);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_geteuid",
	.pre_handler = visit_pairs,
};

static int __init nested_loops_stall_init(void)
{
	return register_kprobe(&probe);
}

static void __exit nested_loops_stall_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(nested_loops_stall_init);
module_exit(nested_loops_stall_exit);
