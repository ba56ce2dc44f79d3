// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   list all processes in a file, with a line at one end that says what is listed.
 * Fault: the line's turn, which comes without a task, is taken for a task's.
 * Hook:  iterator over tasks; its last turn has none.
 */
#include "panicroom.bpf.h"

SEC("iter/task")
int list_task(struct bpf_iter__task *turn)
{
	struct seq_file *file = turn->meta->seq;
	struct task_struct *task = turn->task;

	if (!armed && !task) {			/* armed */
		events++;
		BPF_SEQ_PRINTF(file, "processes\n");
		return 0;
	}
	if (task->pid == task->tgid)
		BPF_SEQ_PRINTF(file, "%d\n", task->tgid);
	return 0;
}
