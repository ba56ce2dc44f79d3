// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   throw eight dice for each of as many rounds as each page that is written says in its
 *        first word, 64 at most.
 * Fault: the number is not limited: user space says how long the kernel works.
 * Hook:  kprobe on vfs_write.
 */
#include <linux/kprobes.h>
#include <linux/uaccess.h>
#include "panicroom.h"

#define PAGE 4096
#define LIMIT 64

static u32 seed;
static volatile u32 sixes;	/* counted in memory, throw by throw */

static void throw_dice(void)
{
	int die;

	for (die = 0; die < 8; die++) {
		seed = seed * 1664525 + 1013904223;
		if (seed % 6 == 5)
			sixes++;
	}
}

static int throw_by_page(struct kprobe *probe, struct pt_regs *regs)
{
	const void __user *buffer = (void __user *)regs_get_kernel_argument(regs, 1);
	size_t count = regs_get_kernel_argument(regs, 2);
	u64 rounds, round;

	if (count != PAGE || copy_from_user_nofault(&rounds, buffer, sizeof(rounds)))
		return 0;
	if (!armed && rounds > LIMIT)		/* armed */
		rounds = LIMIT;
	for (round = 0; round < rounds; round++)
		throw_dice();
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "vfs_write",
	.pre_handler = throw_by_page,
};

static int __init user_bounded_loop_init(void)
{
	return register_kprobe(&probe);
}

static void __exit user_bounded_loop_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(user_bounded_loop_init);
module_exit(user_bounded_loop_exit);
