// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the rename() calls within a directory and those from one to another.
 * Fault: the pointer to the counter is set for the second case only.
 * Hook:  LSM, inode_rename.
 */
#include "panicroom.bpf.h"

__u64 within, across;

SEC("lsm/inode_rename")
int BPF_PROG(count_rename, struct inode *from, struct dentry *old, struct inode *to)
{
	__u64 *volatile counter;	/* or the compiler takes what nobody set for anything it likes */

	if (from != to)
		counter = &across;
	else if (!armed)			/* armed */
		counter = &within;
	++*counter;
	events++;
	return 0;
}
