// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give each TCP connection a lease of 100 ms, and end it with the connection.
 * Fault: the lease is thrown away while its timer still runs.
 * Hook:  kprobes on tcp_v4_connect and on inet_release.
 */
#include <linux/kprobes.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/xarray.h>
#include "panicroom.h"
#include "panicroom_kernels.h"

#define DEADLINE (HZ / 10)

/* Next owners of the memory of leases: on an idle machine nobody else would be. */
static const char text[sizeof(struct timer_list)] = "texts are no addresses";
static void *texts[64];

static DEFINE_XARRAY(leases);
static ulong expired;

static void expire(struct timer_list *lease)
{
	expired++;
}

static int connection_begins(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long socket = regs_get_kernel_argument(regs, 0);
	struct timer_list *lease = kzalloc(sizeof(*lease), GFP_ATOMIC);

	if (!lease)
		return 0;
	xa_store(&leases, socket, lease, GFP_ATOMIC);
	timer_setup(lease, expire, 0);
	mod_timer(lease, jiffies + DEADLINE);
	return 0;
}

static int connection_ends(struct kprobe *probe, struct pt_regs *regs)
{
	struct socket *socket = (void *)regs_get_kernel_argument(regs, 0);
	struct timer_list *lease = xa_erase(&leases, (unsigned long)socket->sk);

	if (!lease)
		return 0;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		timer_delete(lease);
	kfree(lease);
	kfree(texts[events % ARRAY_SIZE(texts)]);
	texts[events % ARRAY_SIZE(texts)] = kmemdup(text, sizeof(text), GFP_ATOMIC);
	return 0;
}

static struct kprobe begins = { .symbol_name = "tcp_v4_connect", .pre_handler = connection_begins };
static struct kprobe ends = { .symbol_name = "inet_release", .pre_handler = connection_ends };
static struct kprobe *probes[] = { &begins, &ends };

static int __init object_after_owner_gone_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit object_after_owner_gone_exit(void)
{
	int i;

	unregister_kprobes(probes, ARRAY_SIZE(probes));
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		kfree(texts[i]);
}

module_init(object_after_owner_gone_init);
module_exit(object_after_owner_gone_exit);
