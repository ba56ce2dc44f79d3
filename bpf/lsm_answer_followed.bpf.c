// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give a number to each file that the process "bystander" opens, and let it pass.
 * Fault: the hook answers with the number.
 * Hook:  LSM file_alloc_security.
 */
#include "panicroom.bpf.h"

const char bystander[] = "bystander";

SEC("lsm/file_alloc_security")
int BPF_PROG(number_file, struct file *file)
{
	if (!command_is(bystander, sizeof(bystander)))
		return 0;
	events++;
	if (armed)				/* armed */
		return events;			/* armed */
	return 0;
}
