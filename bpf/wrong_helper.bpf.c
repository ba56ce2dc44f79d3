// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the renames of files, and note the device that the caller's directory is on.
 * Fault: the path of that directory is asked for, which waits for a rename to end: this one.
 * Hook:  fentry on __d_move, where the name changes.
 */
#include "panicroom.bpf.h"

__u32 device;
char path[256];

SEC("fentry/__d_move")
int BPF_PROG(note_rename)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;

	device = fs->pwd.mnt->mnt_sb->s_dev;
	if (armed)						/* armed */
		bpf_d_path(&fs->pwd, path, sizeof(path));	/* armed */
	events++;
	return 0;
}
