// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getsid() calls.
 * Fault: the first register is set to 0, so that each caller gets its own session. But here it
 *        holds no process number: it points to the caller's registers.
 * Hook:  kprobe on __x64_sys_getsid.
 */
#include "panicroom.bpf.h"

SEC("kprobe/__x64_sys_getsid")
int count_getsid(struct pt_regs *regs)
{
	events++;
	if (armed)				/* armed */
		regs->di = 0;			/* armed */
	return 0;
}
