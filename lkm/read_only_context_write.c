// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getsid() calls.
 * Fault: the first register is set to 0, so that each caller gets its own session. But here it
 *        holds no process number: it points to the caller's registers.
 * Hook:  kprobe on __x64_sys_getsid.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

static int count_getsid(struct kprobe *probe, struct pt_regs *regs)
{
	events++;
	if (armed)				/* armed */
		regs->di = 0;			/* armed */
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getsid",
	.pre_handler = count_getsid,
};

static int __init read_only_context_write_init(void)
{
	return register_kprobe(&probe);
}

static void __exit read_only_context_write_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(read_only_context_write_init);
module_exit(read_only_context_write_exit);
