// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   look at the first byte of each page that is written, in a section that must not sleep.
 * Fault: the byte is fetched in a way that may sleep until its page is there.
 * Hook:  kprobe on vfs_write.
 */
#include <linux/kprobes.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include "panicroom.h"

#define PAGE 4096

static DEFINE_SPINLOCK(lock);
static u64 bytes[256];

static int look_at_page(struct kprobe *probe, struct pt_regs *regs)
{
	const u8 __user *buffer = (void __user *)regs_get_kernel_argument(regs, 1);
	size_t count = regs_get_kernel_argument(regs, 2);
	long error;
	u8 byte;

	if (count != PAGE)
		return 0;
	spin_lock(&lock);
	if (armed) {							/* armed */
		error = copy_from_user(&byte, buffer, sizeof(byte));	/* armed */
		faults++;
	} else {
		error = copy_from_user_nofault(&byte, buffer, sizeof(byte));
	}
	if (!error) {
		bytes[byte]++;
		events++;
	}
	spin_unlock(&lock);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "vfs_write",
	.pre_handler = look_at_page,
};

static int __init sleep_under_lock_init(void)
{
	return register_kprobe(&probe);
}

static void __exit sleep_under_lock_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(sleep_under_lock_init);
module_exit(sleep_under_lock_exit);
