// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the pauses: a millisecond after a sched_yield() a timer fires, once.
 * Fault: the timer's callback cancels the timer, and waits until the callback is over.
 * Hook:  kprobe on do_sched_yield, and a timer.
 */
#include <linux/kprobes.h>
#include <linux/timer.h>
#include "panicroom.h"

static void count_pause(struct timer_list *pause)
{
	events++;
	if (armed) {				/* armed */
		timer_delete_sync(pause);	/* armed */
		faults++;
	}
}

static DEFINE_TIMER(pause_timer, count_pause);

static int begin_pause(struct kprobe *probe, struct pt_regs *regs)
{
	mod_timer(&pause_timer, jiffies + msecs_to_jiffies(1));
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "do_sched_yield",
	.pre_handler = begin_pause,
};

static int __init timer_waits_for_itself_init(void)
{
	return register_kprobe(&probe);
}

static void __exit timer_waits_for_itself_exit(void)
{
	unregister_kprobe(&probe);
	timer_delete_sync(&pause_timer);
}

module_init(timer_waits_for_itself_init);
module_exit(timer_waits_for_itself_exit);
