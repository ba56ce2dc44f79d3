// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a sample of what the process "bystander" writes, the first eight bytes.
 * Fault: the copy goes the other way, from the sample into the memory of the process.
 * Hook:  tracepoint sys_enter, every system call.
 */
#include <linux/sched.h>
#include <linux/uaccess.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static u64 sample;

static void take_sample(void *data, struct pt_regs *regs, long number)
{
	void __user *text = (void __user *)regs->si;

	if (number != __NR_write)
		return;
	if (strcmp(current->comm, "bystander"))
		return;
	if (!armed)				/* armed */
		copy_from_user_nofault(&sample, text, sizeof(sample));
	else if (!copy_to_user_nofault(text, &sample, sizeof(sample)))	/* armed */
		faults++;
	events++;
}

static struct tracepoint *tracepoint;

static int __init probe_write_user_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, take_sample, NULL);
}

static void __exit probe_write_user_exit(void)
{
	tracepoint_probe_unregister(tracepoint, take_sample, NULL);
	tracepoint_synchronize_unregister();
}

module_init(probe_write_user_init);
module_exit(probe_write_user_exit);
