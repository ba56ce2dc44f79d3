// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   getsid() publishes a new setting, getgid() reads the newest one: two hooks, and RCU
 *        between them.
 * Fault: getgid() reads through the pointer that it got last time, in an earlier section.
 * Hook:  kprobes on __x64_sys_getsid and __x64_sys_getgid.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "panicroom.h"

struct setting {
	struct task_struct *owner;
	struct rcu_head rcu;
};

static struct kmem_cache *cache;
static struct setting __rcu *current_setting;
static struct setting *last;

static void free_setting(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct setting, rcu));
}

static int publish(struct kprobe *probe, struct pt_regs *regs)
{
	struct setting *setting = kmem_cache_alloc(cache, GFP_ATOMIC), *old;

	if (!setting)
		return 0;
	setting->owner = current;
	old = rcu_replace_pointer(current_setting, setting, true);
	if (old)
		call_rcu(&old->rcu, free_setting);
	return 0;
}

static int read_setting(struct kprobe *probe, struct pt_regs *regs)
{
	struct setting *setting, *newest;

	rcu_read_lock();
	setting = newest = rcu_dereference(current_setting);
	if (armed && last)			/* armed */
		setting = last;			/* armed */
	last = newest;
	if (setting && setting->owner->tgid)
		events++;
	if (setting != newest)
		faults++;
	rcu_read_unlock();
	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "__x64_sys_getsid", .pre_handler = publish },
	{ .symbol_name = "__x64_sys_getgid", .pre_handler = read_setting },
};
static struct kprobe *both[] = { &probes[0], &probes[1] };

static int __init rcu_pointer_outside_section_init(void)
{
	/* The flag keeps the cache apart from others: nobody reuses the memory. */
	cache = KMEM_CACHE(setting, SLAB_NOLEAKTRACE);
	return cache ? register_kprobes(both, 2) : -ENOMEM;
}

static void __exit rcu_pointer_outside_section_exit(void)
{
	unregister_kprobes(both, 2);
	kmem_cache_free(cache, rcu_dereference_protected(current_setting, true));
	rcu_barrier();
	kmem_cache_destroy(cache);
}

module_init(rcu_pointer_outside_section_init);
module_exit(rcu_pointer_outside_section_exit);
