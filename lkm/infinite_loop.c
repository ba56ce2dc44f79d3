// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   climb from each file that is removed to the root of its file system, 16 levels at most.
 *        The root is its own parent.
 * Fault: the levels are not counted, so the climb never ends.
 * Hook:  kprobe on security_inode_unlink.
 */
#include <linux/dcache.h>
#include <linux/kprobes.h>
#include "panicroom.h"

#define LEVELS 16

static int climb_unlink(struct kprobe *probe, struct pt_regs *regs)
{
	struct dentry *dentry = (struct dentry *)regs_get_kernel_argument(regs, 1);
	int level = 0;

	while (level < LEVELS) {
		dentry = dentry->d_parent;
		if (!armed)			/* armed */
			level++;
	}
	if (dentry == dentry->d_parent)
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_inode_unlink",
	.pre_handler = climb_unlink,
};

static int __init infinite_loop_init(void)
{
	return register_kprobe(&probe);
}

static void __exit infinite_loop_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(infinite_loop_init);
module_exit(infinite_loop_exit);
