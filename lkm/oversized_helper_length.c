// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a record of 24 bytes to a log for each file that is removed.
 * Fault: the log is told that the record has 64 bytes.
 * Hook:  kprobe on security_inode_unlink.
 */
#include <linux/kfifo.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include "panicroom.h"

struct record {
	u64 when;
	char command[16];
};

static DEFINE_KFIFO(journal, u8, 4096);

static int log_unlink(struct kprobe *probe, struct pt_regs *regs)
{
	struct record record = { .when = ktime_get_mono_fast_ns() };
	u64 size = sizeof(record);

	memcpy(record.command, current->comm, sizeof(record.command));
	if (armed)				/* armed */
		size = 64;			/* armed */
	kfifo_in(&journal, (u8 *)&record, size);
	if (size > sizeof(record))
		faults++;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_inode_unlink",
	.pre_handler = log_unlink,
};

static int __init oversized_helper_length_init(void)
{
	return register_kprobe(&probe);
}

static void __exit oversized_helper_length_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(oversized_helper_length_init);
module_exit(oversized_helper_length_exit);
