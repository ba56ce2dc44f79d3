// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give every connect() a deadline of one second: a timer that runs until it returns.
 * Fault: the timer is not cancelled, and still pending when the module is unloaded.
 * Hook:  kretprobe on __sys_connect, entry and return.
 */
#include <linux/kprobes.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include "panicroom.h"
#include "panicroom_kernels.h"

static ulong expired;

static void expire(struct timer_list *deadline)
{
	expired++;
	kfree(deadline);
}

static int connect_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct timer_list *deadline = kmalloc(sizeof(*deadline), GFP_ATOMIC);

	*(struct timer_list **)instance->data = deadline;
	if (!deadline)
		return 0;
	timer_setup(deadline, expire, 0);
	mod_timer(deadline, jiffies + HZ);
	return 0;
}

static int connect_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct timer_list *deadline = *(struct timer_list **)instance->data;

	if (!deadline)
		return 0;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else if (timer_delete(deadline))
		kfree(deadline);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "__sys_connect",
	.entry_handler = connect_begins,
	.handler = connect_ends,
	.data_size = sizeof(struct timer_list *),
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
