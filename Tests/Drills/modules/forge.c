// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: GPL-2.0-only
/* Answers for the agent that all went well. mode 0: and nothing more; 1: after an oops that the console was
 * kept from printing; 2: and then spins with interrupts off; 3: after a WARN; 4: after it has torn PID 1's
 * port from the agent. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/uaccess.h>
#include "port.h"

static int mode;
module_param(mode, int, 0444);

static unsigned long user;

static void say(struct file *port, const char *words)
{
	u32 length = strlen(words);
	u8 head[5] = { length, length >> 8, length >> 16, length >> 24, 0 };
	loff_t place = 0;

	if (copy_to_user((void __user *)user, head, 5) || copy_to_user((void __user *)(user + 5), words, length))
		return;
	port->f_op->write(port, (void __user *)user, 5 + length, &place);
}

static int fall(void *unused)
{
	*(volatile int *)0 = 1;
	return 0;
}

static int __init forge_init(void)
{
	struct file *port = agent_port();
	int level = console_loglevel;

	if (!port)
		return -ENODEV;
	user = vm_mmap(NULL, 0, 65536, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (mode == 1 || mode == 3) {
		console_loglevel = 0;
		if (mode == 1)
			kthread_run(fall, NULL, "fall");
		else
			WARN(1, "nobody hears this\n");
		msleep(200);
		console_loglevel = level;
	}
	say(port, "{\"loaded\":{}}");
	say(port, "{\"attached\":{}}");
	say(port, "{\"observed\":{\"value\":64}}");
	say(port, "{\"unloaded\":{}}");
	say(port, "{\"health\":{\"check\":\"memory-canary\"}}");
	say(port, "{\"state\":{\"_1\":{\"figures\":{},\"links\":0,\"maps\":0,\"memoryAvailableKiB\":161376,"
		  "\"moduleReferences\":{},\"modules\":[],\"programs\":0,\"slabObjects\":{},\"slabs\":{},"
		  "\"taint\":0},\"moment\":\"after\"}}");
	say(port, "{\"finished\":{}}");
	if (mode == 2) {
		local_irq_disable();
		for (;;)
			cpu_relax();
	}
	if (mode == 4)
		filp_close(port, NULL);
	msleep(3000);
	return 0;
}

static void __exit forge_exit(void) { }

module_init(forge_init);
module_exit(forge_exit);
MODULE_LICENSE("GPL");
