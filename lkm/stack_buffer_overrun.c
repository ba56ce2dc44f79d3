// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write the time of each getgid() call down in decimal, the last eight digits of it.
 * Fault: the digits are not counted, so all of them are written.
 * Hook:  tracepoint sys_exit, every system call.
 */
#include <linux/ktime.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define DIGITS 8

static char line[DIGITS + 1];
module_param_string(line, line, sizeof(line), 0444);

static void note_time(void *data, struct pt_regs *regs, long result)
{
	u64 left = ktime_get_mono_fast_ns();
	char digits[DIGITS] = {};
	int length = 0;

	if (regs->orig_ax != __NR_getgid)
		return;
	while (left && (armed || length < DIGITS)) {	/* armed */
		digits[length++] = '0' + left % 10;
		left /= 10;
	}
	memcpy(line, digits, DIGITS);
	events++;
}

static struct tracepoint *tracepoint;

static int __init stack_buffer_overrun_init(void)
{
	tracepoint = find_tracepoint("sys_exit");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, note_time, NULL);
}

static void __exit stack_buffer_overrun_exit(void)
{
	tracepoint_probe_unregister(tracepoint, note_time, NULL);
	tracepoint_synchronize_unregister();
}

module_init(stack_buffer_overrun_init);
module_exit(stack_buffer_overrun_exit);
