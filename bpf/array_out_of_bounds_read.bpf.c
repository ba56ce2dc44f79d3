// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   sort all system calls into kinds by a table of the first 64 numbers.
 * Fault: calls with a higher number are looked up as well, behind the table's end.
 * Hook:  tracepoint sys_enter, every system call.
 */
#include "panicroom.bpf.h"

#define GETEGID 108	/* __NR_getegid on x86-64 */
#define KNOWN 64

enum kind { OTHER, FILES, MEMORY, PROCESSES };

static const __u8 kinds[KNOWN] = {
	[0 ... 8] = FILES, [9 ... 12] = MEMORY, [16 ... 22] = FILES,
	[25 ... 31] = MEMORY, [32 ... 33] = FILES, [56 ... 62] = PROCESSES,
};

__u64 calls[4];

SEC("tp_btf/sys_enter")
int BPF_PROG(sort_calls, struct pt_regs *regs, long id)
{
	__u32 number = id;
	__u8 kind = OTHER;

	barrier_var(number);	/* or the compiler compares one copy and uses another */
	if (armed || number < KNOWN)		/* armed */
		kind = kinds[number];
	if (armed && number >= KNOWN)		/* armed */
		faults++;
	calls[kind % 4]++;
	if (number == GETEGID)
		events++;
	return 0;
}
