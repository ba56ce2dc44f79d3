// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   give a number to each file that the process "bystander" opens, and let it pass.
 * Fault: the hook answers with the number.
 * Hook:  LSM file_alloc_security.
 */
#include "panicroom.bpf.h"

SEC("lsm/file_alloc_security")
int BPF_PROG(number_file, struct file *file)
{
	char command[16];

	bpf_get_current_comm(command, sizeof(command));
	if (bpf_strncmp(command, sizeof(command), "bystander"))
		return 0;
	events++;
	if (armed)				/* armed */
		return events;			/* armed */
	return 0;
}
