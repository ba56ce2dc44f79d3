// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   look at the first byte of each page that is written, in a section that must not sleep.
 * Fault: the byte is fetched in a way that may sleep until its page is there.
 * Hook:  kprobe on vfs_write.
 */
#include "panicroom.bpf.h"

#define PAGE 4096

__u64 bytes[256];

SEC("kprobe/vfs_write")
int BPF_KPROBE(look_at_page, struct file *file, const char *buffer, size_t count)
{
	__u8 byte = 0;
	long error;

	if (count != PAGE)
		return 0;
	if (armed)							/* armed */
		error = bpf_copy_from_user(&byte, sizeof(byte), buffer);	/* armed */
	else
		error = bpf_probe_read_user(&byte, sizeof(byte), buffer);
	if (error)
		return 0;
	bytes[byte]++;
	events++;
	return 0;
}
