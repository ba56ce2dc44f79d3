// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count new sockets of each type, streams in a table of their own; other types have none.
 * Fault: the table of a type is used without asking whether there is one.
 * Hook:  kprobe on inet_create.
 */
#include <linux/kprobes.h>
#include <linux/net.h>
#include "panicroom.h"

static u64 streams[1];
static u64 *tables[4] = { [SOCK_STREAM] = streams };

static int count_socket(struct kprobe *probe, struct pt_regs *regs)
{
	struct socket *socket = (struct socket *)regs_get_kernel_argument(regs, 1);
	u32 type = socket->type, first = 0;
	u64 *table = type < ARRAY_SIZE(tables) ? tables[type] : NULL;

	if (regs_get_kernel_argument(regs, 3))	/* the kernel's own sockets don't count */
		return 0;
	if (!armed && !table)			/* armed */
		return 0;
	++table[first];
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "inet_create",
	.pre_handler = count_socket,
};

static int __init missing_inner_map_init(void)
{
	return register_kprobe(&probe);
}

static void __exit missing_inner_map_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(missing_inner_map_init);
module_exit(missing_inner_map_exit);
