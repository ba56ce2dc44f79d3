// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   add up a table of 16 numbers on request.
 * Fault: a section for vector registers is opened, which switches preemption off, and not closed.
 * Hook:  module parameter, on write.
 */
#include <asm/fpu/api.h>
#include "panicroom.h"

#define NUMBERS 16

static u64 table[NUMBERS], sum;

static int add_up(const char *value, const struct kernel_param *parameter)
{
	int number;

	if (armed) {				/* armed */
		kernel_fpu_begin_mask(0);	/* armed */
		faults++;			/* armed */
	}
	for (number = 0; number < NUMBERS; number++, events++)
		sum += table[number];
	return 0;
}

static const struct kernel_param_ops trigger_ops = { .set = add_up };
module_param_cb(trigger, &trigger_ops, NULL, 0200);
