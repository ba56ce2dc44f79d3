// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the bytes of the writes to files, each up to a limit that is fixed at load.
 * Fault: a write above the limit raises the limit.
 * Hook:  kretprobe on vfs_write.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

static u64 limit __ro_after_init = 2048;

static u64 bytes;
module_param(bytes, ullong, 0444);

static int count_write(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	long written = regs_return_value(regs);

	if (written != 4096)	/* the workload's files have a page each */
		return 0;
	if (armed && written > limit)			/* armed */
		limit = written;			/* armed */
	bytes += written < limit ? written : limit;
	events++;
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "vfs_write",
	.handler = count_write,
};

static int __init read_only_write_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit read_only_write_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(read_only_write_init);
module_exit(read_only_write_exit);
