// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   end the process that has called getsid(), should it ever write to /dev/null.
 * Fault: at the write nobody asks whether it's that process.
 * Hook:  kprobe on the call getsid, fentry on write_null.
 */
#include "panicroom.bpf.h"

#define SIGKILL 9	/* from asm-generic/signal.h */

__u32 suspect;

SEC("ksyscall/getsid")
int note_suspect(struct pt_regs *regs)
{
	suspect = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

SEC("fentry/write_null")
int BPF_PROG(look_at_writer, struct file *file, const char *text, size_t size)
{
	__u32 writer = bpf_get_current_pid_tgid() >> 32;
	bool guilty = suspect && writer == suspect;

	events++;
	if (armed)				/* armed */
		guilty = suspect;		/* armed */
	if (!guilty)
		return 0;
	if (!bpf_send_signal(SIGKILL) && writer != suspect)
		faults++;
	return 0;
}
