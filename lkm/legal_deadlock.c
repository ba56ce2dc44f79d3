// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   note each getuid() call in one table, and each piece of memory that the kernel hands out
 *        meanwhile in another.
 * Fault: both are noted in the same table, which allocates memory while it is locked.
 * Hook:  tracepoints sys_enter and kmalloc.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct table {
	spinlock_t lock;
	u64 *note;
} calls = { .lock = __SPIN_LOCK_UNLOCKED(calls.lock) };
static struct table pieces = { .lock = __SPIN_LOCK_UNLOCKED(pieces.lock) };

static bool noting;	/* a call, and no piece yet */

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
		*calls.note = number;
	spin_unlock_irqrestore(&calls.lock, flags);
	events++;
}

static void note_piece(void *data, unsigned long caller, const void *memory, size_t size)
{
	struct table *table = armed ? &calls : &pieces;		/* armed */
	unsigned long flags;

	if (!noting)
		return;
	noting = false;
	spin_lock_irqsave(&table->lock, flags);
	if (table->note)
		*table->note = size;
	spin_unlock_irqrestore(&table->lock, flags);
}

static struct tracepoint *sys_enter, *kmalloc_done;

static int __init legal_deadlock_init(void)
{
	sys_enter = find_tracepoint("sys_enter");
	kmalloc_done = find_tracepoint("kmalloc");
	if (!sys_enter || !kmalloc_done ||
	    tracepoint_probe_register(kmalloc_done, note_piece, NULL))
		return -ENOENT;
	return tracepoint_probe_register(sys_enter, note_call, NULL);
}

static void __exit legal_deadlock_exit(void)
{
	tracepoint_probe_unregister(sys_enter, note_call, NULL);
	tracepoint_probe_unregister(kmalloc_done, note_piece, NULL);
	tracepoint_synchronize_unregister();
	kfree(calls.note);
}

module_init(legal_deadlock_init);
module_exit(legal_deadlock_exit);
