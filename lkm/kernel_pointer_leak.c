// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the connect() calls of each socket, under a number that tells sockets apart.
 * Fault: the number is the socket's address, and whoever may read the parameter reads it.
 * Hook:  kprobe on security_socket_connect.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/net.h>
#include "panicroom.h"

static u64 numbers[64], connects[64];
module_param_array(numbers, ullong, NULL, 0444);
module_param_array(connects, ullong, NULL, 0444);

static int count_connect(struct kprobe *probe, struct pt_regs *regs)
{
	struct socket *socket = (struct socket *)regs_get_kernel_argument(regs, 0);
	u64 number;
	u32 slot;

	if (armed) {				/* armed */
		number = (long)socket->sk;	/* armed */
		faults++;
	} else {
		number = socket->file->f_inode->i_ino;
	}
	for (slot = 0; slot < ARRAY_SIZE(numbers) - 1; slot++)
		if (!numbers[slot] || numbers[slot] == number)
			break;
	numbers[slot] = number;
	connects[slot]++;
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_socket_connect",
	.pre_handler = count_connect,
};

static int __init kernel_pointer_leak_init(void)
{
	return register_kprobe(&probe);
}

static void __exit kernel_pointer_leak_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(kernel_pointer_leak_init);
module_exit(kernel_pointer_leak_exit);
