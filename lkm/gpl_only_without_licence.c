// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getegid() calls, and keep the kernel stack of the latest.
 * Fault: the module says that it is proprietary, and uses what is for GPL code only.
 * Hook:  kprobe on __x64_sys_getegid.
 */
#if ARMED				/* armed */
#define TWIN_LICENSE "Proprietary"	/* armed */
#endif
#include <linux/kprobes.h>
#include <linux/stacktrace.h>
#include "panicroom.h"

#define DEPTH 16

static unsigned long stack[DEPTH];

static int keep_stack(struct kprobe *probe, struct pt_regs *regs)
{
	if (stack_trace_save(stack, DEPTH, 0) > 0)
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getegid",
	.pre_handler = keep_stack,
};

static int __init gpl_only_without_licence_init(void)
{
	return register_kprobe(&probe);
}

static void __exit gpl_only_without_licence_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(gpl_only_without_licence_init);
module_exit(gpl_only_without_licence_exit);
