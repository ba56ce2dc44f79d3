// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the name of the file that was created last, and let everything pass.
 * Fault: the hook answers with what the copy returned: the length of the name.
 * Hook:  kretprobe on security_file_open, which asks all security modules.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include "panicroom.h"

static char name[64];

static int note_file(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	*(struct file **)instance->data = (struct file *)regs_get_kernel_argument(regs, 0);
	return 0;
}

static int keep_name(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct file *file = *(struct file **)instance->data;
	long length;

	if (!(file->f_flags & O_CREAT))
		return 0;
	length = strscpy(name, file->f_path.dentry->d_name.name, sizeof(name));
	if (length > 0)
		events++;
	if (armed) {					/* armed */
		faults++;
		regs_set_return_value(regs, length);	/* armed */
	}
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "security_file_open",
	.entry_handler = note_file,
	.handler = keep_name,
	.data_size = sizeof(struct file *),
};

static int __init lsm_odd_return_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit lsm_odd_return_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(lsm_odd_return_init);
module_exit(lsm_odd_return_exit);
