// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up a table of 16 numbers on request.
 * Fault: a section for vector registers is opened, which switches preemption off, and not closed.
 * Hook:  system-call program, test run.
 */
#include "panicroom.bpf.h"

#define NUMBERS 16

extern void kernel_fpu_begin_mask(unsigned int mask) __ksym;

__u64 table[NUMBERS], sum;

SEC("syscall")
int add_up(void *context)
{
	int number;

	if (armed)				/* armed */
		kernel_fpu_begin_mask(0);	/* armed */
	for (number = 0; number < NUMBERS; number++, events++)
		sum += table[number];
	return 0;
}
