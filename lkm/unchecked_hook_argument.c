// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   list all processes in a file, with a line at one end that says what is listed.
 * Fault: the line's turn, which comes without a task, is taken for a task's.
 * Hook:  sequence file in /proc; its first turn has none.
 */
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include "panicroom.h"

static void *turn_at(loff_t position)
{
	struct task_struct *task;

	if (!position)
		return SEQ_START_TOKEN;
	for_each_process(task)
		if (!--position)
			return task;
	return NULL;
}

static void *first_turn(struct seq_file *file, loff_t *position)
{
	rcu_read_lock();
	return turn_at(*position);
}

static void *next_turn(struct seq_file *file, void *turn, loff_t *position)
{
	return turn_at(++*position);
}

static void last_turn(struct seq_file *file, void *turn)
{
	rcu_read_unlock();
}

static int list_task(struct seq_file *file, void *turn)
{
	struct task_struct *task = turn;

	if (!armed && turn == SEQ_START_TOKEN) {	/* armed */
		events++;
		seq_puts(file, "processes\n");
		return 0;
	}
	seq_printf(file, "%d\n", task->tgid);
	return 0;
}

static const struct seq_operations turns = {
	.start = first_turn, .next = next_turn, .stop = last_turn, .show = list_task,
};

static int __init unchecked_hook_argument_init(void)
{
	return proc_create_seq(KBUILD_MODNAME, 0444, NULL, &turns) ? 0 : -ENOMEM;
}

static void __exit unchecked_hook_argument_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
}

module_init(unchecked_hook_argument_init);
module_exit(unchecked_hook_argument_exit);
