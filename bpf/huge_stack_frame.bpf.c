// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   copy the start of each page that is written into a buffer on the stack, and look at it.
 * Fault: the buffer is almost as large as the kernel's stack.
 * Hook:  fentry on vfs_write.
 */
#include "panicroom.bpf.h"

#define PAGE 4096
#if ARMED			/* armed */
#define BUFFER 16000		/* armed */
#else
#define BUFFER 64
#endif

SEC("fentry/vfs_write")
int BPF_PROG(look_at_page, struct file *file, const char *data, size_t count)
{
	char buffer[BUFFER];

	if (count != PAGE || bpf_probe_read_user(buffer, 64, data))
		return 0;
	if (buffer[0] == buffer[63])
		events++;
	return 0;
}
