// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   climb from each file that is removed to the root of its file system, 16 levels at most.
 *        The root is its own parent.
 * Fault: the levels are not counted, so the climb never ends.
 * Hook:  fentry on security_inode_unlink.
 */
#include "panicroom.bpf.h"

#define LEVELS 16

SEC("fentry/security_inode_unlink")
int BPF_PROG(climb_unlink, struct inode *dir, struct dentry *dentry)
{
	int level = 0;

	while (level < LEVELS) {
		dentry = dentry->d_parent;
		if (!armed)			/* armed */
			level++;
	}
	if (dentry == dentry->d_parent)
		events++;
	return 0;
}
