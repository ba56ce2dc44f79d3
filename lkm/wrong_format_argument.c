// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a line with the name of each file that is removed.
 * Fault: the format promises text, and what is handed over is the hash of the name.
 * Hook:  kprobe on security_inode_unlink.
 */
#include <linux/dcache.h>
#include <linux/kprobes.h>
#include "panicroom.h"

static char line[128];

static int write_line(struct kprobe *probe, struct pt_regs *regs)
{
	struct dentry *dentry = (struct dentry *)regs_get_kernel_argument(regs, 1);
	u64 text = (u64)dentry->d_name.name;

	if (armed) {				/* armed */
		text = dentry->d_name.hash;	/* armed */
		faults++;
	}
	if (snprintf(line, sizeof(line), "%s removed", (char *)text) > 0)
		events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_inode_unlink",
	.pre_handler = write_line,
};

static int __init wrong_format_argument_init(void)
{
	return register_kprobe(&probe);
}

static void __exit wrong_format_argument_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(wrong_format_argument_init);
module_exit(wrong_format_argument_exit);
