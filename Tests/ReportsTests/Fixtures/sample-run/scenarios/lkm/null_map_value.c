// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpgid() calls of each process in a map.
 * Fault: a process that has no entry yet is looked up, and the result is used without a check.
 * Hook:  kprobe on __x64_sys_getpgid.
 */
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "panicroom.h"

static DEFINE_XARRAY(calls);

static u64 *first_call(u32 pid)
{
	u64 *none = kzalloc(sizeof(*none), GFP_ATOMIC);

	if (none && xa_err(xa_store(&calls, pid, none, GFP_ATOMIC)))
		kfree(none);
	return xa_load(&calls, pid);
}

static int count_getpgid(struct kprobe *probe, struct pt_regs *regs)
{
	u32 pid = current->tgid;
	u64 *count = xa_load(&calls, pid);

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

static int __init null_map_value_init(void)
{
	return register_kprobe(&probe);
}

static void __exit null_map_value_exit(void)
{
	unsigned long pid;
	u64 *count;

	unregister_kprobe(&probe);
	xa_for_each(&calls, pid, count)
		kfree(count);
	xa_destroy(&calls);
}

module_init(null_map_value_init);
module_exit(null_map_value_exit);
