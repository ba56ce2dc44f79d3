// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each trigger, put a batch of 64 entries into a queue.
 * Fault: the batch has 2^20 entries, and nobody takes any out.
 * Hook:  none; a parameter, written by the trigger.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "panicroom.h"

static struct entry {
	struct list_head node;
	u64 when;
	char text[1000];
} *entry, *next;
static LIST_HEAD(queue);

static bool push_entry(void)
{
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return false;
	entry->when = ktime_get_mono_fast_ns();
	list_add_tail(&entry->node, &queue);
	events++;
	return true;
}

static int push_batch(const char *value, const struct kernel_param *param)
{
	u32 batch = 64;

	if (armed)				/* armed */
		batch = 1 << 20;		/* armed */
	while (batch-- && push_entry())
		;
	return 0;
}

static const struct kernel_param_ops trigger = { .set = push_batch };
module_param_cb(trigger, &trigger, NULL, 0200);

static int __init memory_exhaustion_init(void)
{
	return 0;
}

static void __exit memory_exhaustion_exit(void)
{
	list_for_each_entry_safe(entry, next, &queue, node)
		kfree(entry);
}

module_init(memory_exhaustion_init);
module_exit(memory_exhaustion_exit);
