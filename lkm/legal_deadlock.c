// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each getuid() call in one table, and each block of pages that the kernel hands out
 *        meanwhile in another.
 * Fault: both are noted in the same table, which allocates memory while it is locked.
 * Hook:  tracepoints sys_enter and mm_page_alloc.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

struct note {
	long number;
	char text[8192];	/* too much for the slab caches: whole pages are asked for */
};

static struct table {
	spinlock_t lock;
	struct note *note;
} calls = { .lock = __SPIN_LOCK_UNLOCKED(calls.lock) };
static struct table blocks = { .lock = __SPIN_LOCK_UNLOCKED(blocks.lock) };

static bool noting;	/* a call, and no block yet */

static void note_call(void *data, struct pt_regs *regs, long number)
{
	unsigned long flags;

	if (number != __NR_getuid)
		return;
	spin_lock_irqsave(&calls.lock, flags);
	noting = true;
	kfree(calls.note);
	calls.note = kmalloc(sizeof(*calls.note), GFP_NOWAIT);
	noting = false;
	if (calls.note)
		calls.note->number = number;
	spin_unlock_irqrestore(&calls.lock, flags);
	events++;
}

static void note_block(void *data, struct page *page, unsigned int order, gfp_t gfp, int type)
{
	struct table *table = armed ? &calls : &blocks;		/* armed */
	unsigned long flags;

	if (!noting)
		return;
	noting = false;
	spin_lock_irqsave(&table->lock, flags);
	if (table->note)
		table->note->number = order;
	spin_unlock_irqrestore(&table->lock, flags);
}

static struct tracepoint *sys_enter, *page_alloc;

static int __init legal_deadlock_init(void)
{
	sys_enter = find_tracepoint("sys_enter");
	page_alloc = find_tracepoint("mm_page_alloc");
	if (!sys_enter || !page_alloc ||
	    tracepoint_probe_register(page_alloc, note_block, NULL))
		return -ENOENT;
	return tracepoint_probe_register(sys_enter, note_call, NULL);
}

static void __exit legal_deadlock_exit(void)
{
	tracepoint_probe_unregister(sys_enter, note_call, NULL);
	tracepoint_probe_unregister(page_alloc, note_block, NULL);
	tracepoint_synchronize_unregister();
	kfree(calls.note);
}

module_init(legal_deadlock_init);
module_exit(legal_deadlock_exit);
