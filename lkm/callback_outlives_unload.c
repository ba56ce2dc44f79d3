// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give every connect() a deadline of one second: a timer that runs until it returns.
 * Fault: the timer is not cancelled, and still pending when the module is unloaded.
 * Hook:  kretprobe on __sys_connect, entry and return.
 */
#include <linux/kprobes.h>
#include <linux/timer.h>
#include "panicroom.h"

static ulong expired;

static void expire(struct timer_list *timer)
{
	expired++;
}

static DEFINE_TIMER(deadline, expire);

static int connect_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	mod_timer(&deadline, jiffies + HZ);
	return 0;
}

static int connect_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		timer_delete(&deadline);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "__sys_connect",
	.entry_handler = connect_begins,
	.handler = connect_ends,
};

static int __init callback_outlives_unload_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit callback_outlives_unload_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(callback_outlives_unload_init);
module_exit(callback_outlives_unload_exit);
