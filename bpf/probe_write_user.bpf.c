// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a sample of what the process "bystander" writes, the first eight bytes.
 * Fault: the copy goes the other way, from the sample into the memory of the process.
 * Hook:  tracepoint sys_enter, every system call.
 */
#include "panicroom.bpf.h"

#define WRITE 1	/* __NR_write on x86-64 */

__u64 sample;
const char bystander[] = "bystander";

SEC("tp_btf/sys_enter")
int BPF_PROG(take_sample, struct pt_regs *regs, long number)
{
	void *text = (void *)regs->si;

	if (number != WRITE)
		return 0;
	if (!command_is(bystander, sizeof(bystander)))
		return 0;
	if (!armed)				/* armed */
		bpf_probe_read_user(&sample, sizeof(sample), text);
	else if (!bpf_probe_write_user(text, &sample, sizeof(sample)))	/* armed */
		faults++;
	events++;
	return 0;
}
