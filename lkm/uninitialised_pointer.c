// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the rename() calls within a directory and those from one to another.
 * Fault: the pointer to the counter is set for the second case only.
 * Hook:  kprobe on security_inode_rename.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

static u64 within, across;

static int count_rename(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long from = regs_get_kernel_argument(regs, 0);
	unsigned long to = regs_get_kernel_argument(regs, 2);
	u64 *volatile counter;	/* or the compiler takes what nobody set for anything it likes */

	if (from != to)
		counter = &across;
	else if (!armed)			/* armed */
		counter = &within;
	++*counter;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_inode_rename",
	.pre_handler = count_rename,
};

static int __init uninitialised_pointer_init(void)
{
	return register_kprobe(&probe);
}

static void __exit uninitialised_pointer_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(uninitialised_pointer_init);
module_exit(uninitialised_pointer_exit);
