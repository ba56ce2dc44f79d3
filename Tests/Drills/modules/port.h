/* SPDX-FileCopyrightText: 2026 The Panic Room authors
 * SPDX-License-Identifier: GPL-2.0-only */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

/* The file through which PID 1, the agent, speaks with the host; NULL if there is none. */
static struct file *agent_port(void)
{
	struct task_struct *agent = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	struct fdtable *table;
	int number;

	if (!agent || !agent->files)
		return NULL;
	table = rcu_dereference_raw(agent->files->fdt);
	for (number = 0; number < table->max_fds; number++) {
		struct file *file = rcu_dereference_raw(table->fd[number]);

		if (file && !strncmp(file->f_path.dentry->d_name.name, "vport", 5))
			return file;
	}
	return NULL;
}
