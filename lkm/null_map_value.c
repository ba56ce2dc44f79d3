// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpgid() calls of each process in a hash table.
 * Fault: a process that has no entry yet is looked up, and the result is used without a check.
 * Hook:  kprobe on __x64_sys_getpgid.
 */
#include <linux/hashtable.h>
#include <linux/kprobes.h>
#include <linux/slab.h>
#include "panicroom.h"

struct entry {
	u64 count;
	pid_t pid;
	struct hlist_node node;
};
static DEFINE_HASHTABLE(calls, 6);

static u64 *lookup(pid_t pid)
{
	struct entry *entry;

	hash_for_each_possible(calls, entry, node, pid)
		if (entry->pid == pid)
			return &entry->count;
	return NULL;
}

static u64 *first_call(pid_t pid)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_ATOMIC);

	if (!entry)
		return NULL;
	entry->pid = pid;
	hash_add(calls, &entry->node, pid);
	return &entry->count;
}

static int count_getpgid(struct kprobe *probe, struct pt_regs *regs)
{
	u64 *count = lookup(current->tgid);

	if (!armed && !count) {			/* armed */
		count = first_call(current->tgid);
		if (!count)
			return 0;
	}
	++*count;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getpgid",
	.pre_handler = count_getpgid,
};

static int __init null_map_value_init(void)
{
	return register_kprobe(&probe);
}

static void __exit null_map_value_exit(void)
{
	struct entry *entry;
	struct hlist_node *next;
	int bucket;

	unregister_kprobe(&probe);
	hash_for_each_safe(calls, bucket, next, entry, node)
		kfree(entry);
}

module_init(null_map_value_init);
module_exit(null_map_value_exit);
