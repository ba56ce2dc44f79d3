/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every program of the laboratory shares. A guest has one CPU, and hooks run with preemption
 * or migration off, so the twins take no locks but those that are their subject.
 */
#ifndef PANICROOM_BPF_H
#define PANICROOM_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

/* From linux/pkt_cls.h: let the packet go on. */
#define TC_ACT_OK 0

/* Whether the fault is switched on. The loader sets it, then the kernel freezes .rodata. */
const volatile bool armed;

/* What the program observed, and how often the faulty operation ran to its end. */
__u64 events, faults;

/* A twin whose subject is the licence says its own before it includes this. */
#ifndef TWIN_LICENSE
#define TWIN_LICENSE "GPL"
#endif
char LICENSE[] SEC("license") = TWIN_LICENSE;

/*
 * Whether the current task's name is this one, of so many bytes with the final zero, 16 at most.
 * bpf_strncmp() would do it from 5.17 on only.
 */
static __always_inline bool command_is(const char *name, __u32 size)
{
	char command[16];
	__u32 i;

	bpf_get_current_comm(command, sizeof(command));
	for (i = 0; i < size; i++)
		if (command[i] != name[i])
			return false;
	return true;
}

#endif
