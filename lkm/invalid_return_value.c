// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the sockets that are made, and allow them all.
 * Fault: the hook answers EACCES, an error number without its sign.
 * Hook:  kretprobe on security_socket_create, which asks all security modules.
 */
#include <linux/errno.h>
#include <linux/kprobes.h>
#include "panicroom.h"

#define ALLOW 0

static int count_socket(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	int answer = ALLOW;

	events++;
	if (armed)				/* armed */
		answer = EACCES;		/* armed */
	regs_set_return_value(regs, answer);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "security_socket_create",
	.handler = count_socket,
};

static int __init invalid_return_value_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit invalid_return_value_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(invalid_return_value_init);
module_exit(invalid_return_value_exit);
