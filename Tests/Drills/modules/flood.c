// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: GPL-2.0-only
/* Floods what the laboratory listens to. mode 0: the console; 1: blobs on the agent's port; 2: long
 * messages; 3: noise; 4: the head of a long frame and nothing more. */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include "port.h"

static int mode;
module_param(mode, int, 0444);

#define SIZE 31000

static void fill(u8 *frame)
{
	u8 head[5] = { SIZE & 0xff, SIZE >> 8, 0, 0, mode == 1 };
	int length;

	if (mode == 3) {
		get_random_bytes(frame, SIZE + 5);
		return;
	}
	memcpy(frame, head, sizeof(head));
	memset(frame + 5, 'x', SIZE);
	if (mode == 2) {
		length = snprintf(frame + 5, 64, "{\"step\":{\"_0\":\"");
		frame[5 + length] = 'x';
		memcpy(frame + 5 + SIZE - 3, "\"}}", 3);
	}
}

static int __init flood_init(void)
{
	unsigned long end = jiffies + 60 * HZ, user;
	struct file *port = agent_port();
	loff_t place = 0;
	u8 *frame;

	while (mode == 0 && time_before(jiffies, end)) {
		pr_info("a line that nobody asked for, and many more of them after it\n");
		cond_resched();
	}
	if (mode == 0 || !port)
		return -ENODEV;
	user = vm_mmap(NULL, 0, SIZE + 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	frame = vzalloc(SIZE + 4096);
	if (IS_ERR_VALUE(user) || !frame)
		return -ENOMEM;
	fill(frame);
	if (copy_to_user((void __user *)user, frame, SIZE + 5))
		return -EFAULT;
	if (mode == 4) {
		port->f_op->write(port, (void __user *)user, 5, &place);
		msleep(3000);
		return 0;
	}
	while (time_before(jiffies, end)) {
		size_t sent = 0;

		while (sent < SIZE + 5) {
			ssize_t more = port->f_op->write(port, (void __user *)(user + sent), SIZE + 5 - sent, &place);

			if (more == -EAGAIN) {
				msleep(1);
				continue;
			}
			if (more <= 0)
				return -EIO;
			sent += more;
		}
		cond_resched();
	}
	return 0;
}

static void __exit flood_exit(void) { }

module_init(flood_init);
module_exit(flood_exit);
MODULE_LICENSE("GPL");
