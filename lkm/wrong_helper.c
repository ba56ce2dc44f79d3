// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the renames of files, and note the device that the caller's directory is on.
 * Fault: the path of that directory is asked for, which waits for a rename to end: this one.
 * Hook:  kprobe on __d_move, where the name changes.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kprobes.h>
#include <linux/mount.h>
#include "panicroom.h"

static u32 device;
module_param(device, uint, 0444);
static char path[256];

static int note_rename(struct kprobe *probe, struct pt_regs *regs)
{
	struct fs_struct *fs = current->fs;

	device = fs->pwd.mnt->mnt_sb->s_dev;
	if (armed)						/* armed */
		d_path(&fs->pwd, path, sizeof(path));		/* armed */
	events++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__d_move",
	.pre_handler = note_rename,
};

static int __init wrong_helper_init(void)
{
	return register_kprobe(&probe);
}

static void __exit wrong_helper_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(wrong_helper_init);
module_exit(wrong_helper_exit);
