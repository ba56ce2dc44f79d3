// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each trigger, read the first byte of the code of getpgid().
 * Fault: the byte is written back.
 * Hook:  none; a tc program, run by the trigger.
 */
#include "panicroom.bpf.h"

extern const void __x64_sys_getpgid __ksym;

SEC("tc")
int read_code(struct __sk_buff *skb)
{
	unsigned char *code = (void *)&__x64_sys_getpgid, byte;

	barrier_var(code);	/* or the compiler drops the store, because the symbol is const */
	if (bpf_probe_read_kernel(&byte, sizeof(byte), code))
		return TC_ACT_OK;
	if (armed)				/* armed */
		*code = byte;			/* armed */
	events++;
	return TC_ACT_OK;
}
