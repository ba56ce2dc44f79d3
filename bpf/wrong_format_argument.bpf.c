// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a line with the name of each file that is removed.
 * Fault: the format promises text, and what is handed over is the hash of the name.
 * Hook:  LSM inode_unlink.
 */
#include "panicroom.bpf.h"

char line[128];

SEC("lsm/inode_unlink")
int BPF_PROG(write_line, struct inode *dir, struct dentry *dentry)
{
	__u64 text = (__u64)dentry->d_name.name;

	if (armed) {				/* armed */
		text = dentry->d_name.hash;	/* armed */
		faults++;
	}
	if (bpf_snprintf(line, sizeof(line), "%s removed", &text, sizeof(text)) > 0)
		events++;
	return 0;
}
