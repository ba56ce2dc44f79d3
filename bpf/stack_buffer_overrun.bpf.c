// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write the time of each getgid() call down in decimal, the last eight digits of it.
 * Fault: the digits are not counted, so all of them are written.
 * Hook:  raw tracepoint sys_exit, every system call.
 */
#include "panicroom.bpf.h"

#define GETGID 104	/* __NR_getgid on x86-64 */
#define DIGITS 8

char line[DIGITS];

SEC("raw_tp/sys_exit")
int BPF_PROG(note_time, struct pt_regs *regs, long result)
{
	__u64 left = bpf_ktime_get_ns();
	char digits[DIGITS] = {};
	int length = 0;

	if (BPF_CORE_READ(regs, orig_ax) != GETGID)
		return 0;
	while (left && (armed || length < DIGITS)) {	/* armed */
		digits[length++] = '0' + left % 10;
		left /= 10;
	}
	__builtin_memcpy(line, digits, DIGITS);
	events++;
	return 0;
}
