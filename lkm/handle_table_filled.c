// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   open a handle for each request, and close it when the request is done.
 * Fault: the handle is not closed.
 * Hook:  none; a parameter, written by the trigger. The handles are open files.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include "panicroom.h"

static const struct file_operations operations;

static int serve_request(const char *value, const struct kernel_param *param)
{
	struct file *handle = anon_inode_getfile("handle", &operations, NULL, O_RDONLY);

	if (IS_ERR(handle))
		return 0;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		fput(handle);
	return 0;
}

static const struct kernel_param_ops trigger = { .set = serve_request };
module_param_cb(trigger, &trigger, NULL, 0200);

static int __init handle_table_filled_init(void)
{
	return 0;
}

static void __exit handle_table_filled_exit(void)
{
}

module_init(handle_table_filled_init);
module_exit(handle_table_filled_exit);
