// SPDX-License-Identifier: GPL-2.0
/* Exercise 3, a solution: a bound that the verifier can see, and a way out for bad luck. */
#include "panicroom.bpf.h"

__u64 throws;

SEC("kprobe/__x64_sys_getpid")
int throw_dice(struct pt_regs *regs)
{
	for (int i = 0; i < 100; i++) {
		__sync_fetch_and_add(&throws, 1);
		if (bpf_get_prandom_u32() % 6 == 5)
			break;
	}
	return 0;
}
