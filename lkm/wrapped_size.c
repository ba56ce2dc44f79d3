// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   make a table of entries of 16 bytes, fill it in and give it back, each time it is asked.
 * Fault: there are 4097 entries, and their size is computed in 16 bits.
 * Hook:  a parameter that is written.
 */
#include <linux/ktime.h>
#include <linux/vmalloc.h>
#include "panicroom.h"

struct entry {
	u64 when;
	u64 number;
};

static int make_table(const char *value, const struct kernel_param *parameter)
{
	u32 entries = 16, number;
	struct entry *table;
	u16 size;

	if (armed)				/* armed */
		entries = 4097;			/* armed */
	size = entries * sizeof(*table);
	table = vmalloc(size);
	if (!table)
		return 0;
	for (number = 0; number < entries; number++) {
		table[number].when = ktime_get_mono_fast_ns();
		table[number].number = number;
	}
	vfree(table);
	events++;
	return 0;
}

static const struct kernel_param_ops on_trigger = { .set = make_table };
module_param_cb(trigger, &on_trigger, NULL, 0200);

static int __init wrapped_size_init(void)
{
	return 0;
}

static void __exit wrapped_size_exit(void)
{
}

module_init(wrapped_size_init);
module_exit(wrapped_size_exit);
