// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the files that are created below /tmp.
 * Fault: the path, a pointer to user memory, is read as if it were the kernel's.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/fcntl.h>
#include <linux/uaccess.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define TMP 0x706d742f	/* "/tmp" */

static void count_created(void *data, struct pt_regs *regs, long number)
{
	const void __user *path = (void __user *)regs->si;
	u32 start = 0;

	if (number != __NR_openat || !(regs->dx & O_CREAT))
		return;
	if (armed) {						/* armed */
		start = *(const u32 __force *)path;		/* armed */
		faults++;
	} else {
		copy_from_user_nofault(&start, path, sizeof(start));
	}
	if (start == TMP)
		events++;
}

static struct tracepoint *tracepoint;

static int __init user_pointer_followed_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, count_created, NULL);
}

static void __exit user_pointer_followed_exit(void)
{
	tracepoint_probe_unregister(tracepoint, count_created, NULL);
	tracepoint_synchronize_unregister();
}

module_init(user_pointer_followed_init);
module_exit(user_pointer_followed_exit);
