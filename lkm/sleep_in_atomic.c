// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the sched_yield() calls under a spin lock.
 * Fault: something that sleeps is called while the lock is held.
 * Hook:  kprobe on do_sched_yield.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/spinlock.h>
#include "panicroom.h"

static DEFINE_SPINLOCK(lock);
static u64 calls;

static int count_yield(struct kprobe *probe, struct pt_regs *regs)
{
	spin_lock(&lock);
	calls++;
	if (armed) {				/* armed */
		msleep(1);			/* armed */
		faults++;
	}
	events = calls;
	spin_unlock(&lock);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "do_sched_yield",
	.pre_handler = count_yield,
};

static int __init sleep_in_atomic_init(void)
{
	return register_kprobe(&probe);
}

static void __exit sleep_in_atomic_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(sleep_in_atomic_init);
module_exit(sleep_in_atomic_exit);
