// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   copy the start of each page that is written into a buffer on the stack, and look at it.
 * Fault: the buffer is almost as large as the kernel's stack.
 * Hook:  kprobe on vfs_write.
 */
#include <linux/kprobes.h>
#include <linux/uaccess.h>
#include "panicroom.h"

#define PAGE 4096
#if ARMED			/* armed */
#define BUFFER (THREAD_SIZE - 384)	/* armed */
#else
#define BUFFER 64
#endif
#pragma GCC diagnostic ignored "-Wframe-larger-than="	/* the compiler does warn */

static noinline void look(const void __user *data)
{
	char buffer[BUFFER];

	if (!copy_from_user_nofault(buffer, data, 64) && buffer[0] == buffer[63])
		events++;
}

static int look_at_page(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 2) == PAGE)
		look((void __user *)regs_get_kernel_argument(regs, 1));
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "vfs_write",
	.pre_handler = look_at_page,
};

static int __init huge_stack_frame_init(void)
{
	return register_kprobe(&probe);
}

static void __exit huge_stack_frame_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(huge_stack_frame_init);
module_exit(huge_stack_frame_exit);
