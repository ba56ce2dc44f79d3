// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getpriority() calls on two CPUs in one variable.
 * Fault: the variable is read, raised and written back, not raised in one step.
 * Hook:  kprobe on the system call getpriority.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include "panicroom.h"

static volatile u64 count;

static int count_call(struct kprobe *probe, struct pt_regs *regs)
{
	u32 work;
	u64 seen;

	__sync_fetch_and_add(&events, 1);
	if (!armed) {				/* armed */
		__sync_fetch_and_add(&count, 1);
		return 0;
	}
	seen = count;				/* armed */
	for (work = 0; work < 256; work++)	/* what a module does with the count */
		ktime_get_mono_fast_ns();
	if (count != seen)
		__sync_fetch_and_add(&faults, 1);	/* what the other CPU counted is lost */
	count = seen + 1;			/* armed */
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getpriority",
	.pre_handler = count_call,
};

static int __init map_value_race_init(void)
{
	return register_kprobe(&probe);
}

static void __exit map_value_race_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(map_value_race_init);
module_exit(map_value_race_exit);
