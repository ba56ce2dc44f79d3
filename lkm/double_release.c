// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   record where each TCP connection goes to, and keep no record of those within the host.
 * Fault: the record of a connection within the host is given back twice.
 * Hook:  kprobe on tcp_v4_connect.
 */
#include <linux/in.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include "panicroom.h"

#define LOOPBACK htonl(INADDR_LOOPBACK)

struct record {
	u64 when;
	u32 address;
	u32 port;
};
static struct record *last;

static int record_connect(struct kprobe *probe, struct pt_regs *regs)
{
	struct sockaddr_in *to = (struct sockaddr_in *)regs_get_kernel_argument(regs, 1);
	struct record *record = kmalloc(sizeof(*record), GFP_ATOMIC);

	if (!record)
		return 0;
	record->when = ktime_get_mono_fast_ns();
	record->address = to->sin_addr.s_addr;
	record->port = to->sin_port;
	if (record->address != LOOPBACK) {
		kfree(xchg(&last, record));
		return 0;
	}
	kfree(record);
	if (armed)				/* armed */
		kfree(record);			/* armed */
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "tcp_v4_connect",
	.pre_handler = record_connect,
};

static int __init double_release_init(void)
{
	return register_kprobe(&probe);
}

static void __exit double_release_exit(void)
{
	unregister_kprobe(&probe);
	kfree(last);
}

module_init(double_release_init);
module_exit(double_release_exit);
