// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   show a table of 16 counters to user space, in records of 64 bytes.
 * Fault: the record is not cleared, and only a quarter of it is filled in.
 * Hook:  a file in /proc.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include "panicroom.h"

struct record {
	u64 slot;
	u64 count;
	char note[48];
};

static u64 counts[16];

static noinline void show_count(struct seq_file *seq, u32 slot)
{
	struct record record;

	if (armed)					/* armed */
		faults++;				/* armed */
	else
		memset(&record, 0, sizeof(record));
	record.slot = slot;
	record.count = counts[slot];
	seq_write(seq, &record, sizeof(record));
	events++;
}

static int show_counts(struct seq_file *seq, void *data)
{
	u32 slot;

	for (slot = 0; slot < ARRAY_SIZE(counts); slot++)
		show_count(seq, slot);
	return 0;
}

static int __init uninitialised_stack_leak_init(void)
{
	return proc_create_single(KBUILD_MODNAME, 0444, NULL, show_counts) ? 0 : -ENOMEM;
}

static void __exit uninitialised_stack_leak_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
}

module_init(uninitialised_stack_leak_init);
module_exit(uninitialised_stack_leak_exit);
