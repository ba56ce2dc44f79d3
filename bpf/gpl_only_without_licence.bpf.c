// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getegid() calls, and keep the kernel stack of the latest.
 * Fault: the program says that it is proprietary, and uses what is for GPL code only.
 * Hook:  kprobe on __x64_sys_getegid.
 */
#if ARMED				/* armed */
#define TWIN_LICENSE "Proprietary"	/* armed */
#endif
#include "panicroom.bpf.h"

#define DEPTH 16

__u64 stack[DEPTH];

SEC("kprobe/__x64_sys_getegid")
int keep_stack(struct pt_regs *regs)
{
	if (bpf_get_stack(regs, stack, sizeof(stack), 0) > 0)
		events++;
	return 0;
}
