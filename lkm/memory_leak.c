// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a note for each TCP connection that is opened, from connect to close.
 * Fault: the note is not thrown away at the end.
 * Hook:  kprobes on tcp_v4_connect and on tcp_close.
 */
#include <linux/hashtable.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "panicroom.h"

static struct note {
	struct hlist_node node;
	unsigned long sk;
	u64 opened;
	char text[4096];
} *note;
static DEFINE_HASHTABLE(notes, 4);

static int connection_begins(struct kprobe *probe, struct pt_regs *regs)
{
	note = kzalloc(sizeof(*note), GFP_ATOMIC);
	if (!note)
		return 0;
	note->sk = regs_get_kernel_argument(regs, 0);
	note->opened = ktime_get_mono_fast_ns();
	hash_add(notes, &note->node, note->sk);
	return 0;
}

static int connection_ends(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long sk = regs_get_kernel_argument(regs, 0);
	struct hlist_node *next;

	hash_for_each_possible_safe(notes, note, next, node, sk) {
		if (note->sk != sk)
			continue;
		hash_del(&note->node);
		events++;
		if (armed)			/* armed */
			faults++;		/* armed */
		else
			kfree(note);
	}
	return 0;
}

static struct kprobe begins = { .symbol_name = "tcp_v4_connect", .pre_handler = connection_begins };
static struct kprobe ends = { .symbol_name = "tcp_close", .pre_handler = connection_ends };
static struct kprobe *probes[] = { &begins, &ends };

static int __init memory_leak_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit memory_leak_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(memory_leak_init);
module_exit(memory_leak_exit);
