// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the name of the file that was created last, and let everything pass.
 * Fault: the hook answers with what the copy returned: the length of the name.
 * Hook:  LSM file_open.
 */
#include "panicroom.bpf.h"

#define O_CREAT 0100	/* from asm-generic/fcntl.h */

char name[64];

SEC("lsm/file_open")
int BPF_PROG(keep_name, struct file *file)
{
	long length;

	if (!(file->f_flags & O_CREAT))
		return 0;
	length = bpf_probe_read_kernel_str(name, sizeof(name), file->f_path.dentry->d_name.name);
	if (length > 0)
		events++;
	if (armed) {				/* armed */
		faults++;
		return length;			/* armed */
	}
	return 0;
}
