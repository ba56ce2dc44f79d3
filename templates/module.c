// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpgid() calls of each process in a map.
 * Fault: a process that has no entry yet is looked up, and the result is used without a check.
 * Hook:  kprobe on __x64_sys_getpgid.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

static struct entry {
	u32 pid;
	u64 count;
} calls[64];

static u64 *lookup(u32 pid)
{
	for (int i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].pid == pid)
			return &calls[i].count;
	return NULL;
}

static u64 *first_call(u32 pid)
{
	for (int i = 0; i < ARRAY_SIZE(calls); i++) {
		if (!calls[i].pid) {
			calls[i].pid = pid;
			return &calls[i].count;
		}
	}
	return NULL;
}

static int count_getpgid(struct kprobe *probe, struct pt_regs *regs)
{
	u32 pid = current->tgid;
	u64 *count = lookup(pid);

	if (!armed && !count) {			/* armed */
		count = first_call(pid);
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

static int __init @OBJECT@_init(void)
{
	return register_kprobe(&probe);
}

static void __exit @OBJECT@_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(@OBJECT@_init);
module_exit(@OBJECT@_exit);
