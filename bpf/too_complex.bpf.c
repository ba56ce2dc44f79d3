// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a checksum (CRC-32) of the pages that are written, of the first 16 bytes of each.
 * Fault: none that could do harm: the whole page is taken, 4096 bytes instead of 16.
 * Hook:  tracepoint sys_enter_write.
 */
#include "panicroom.bpf.h"

#define PAGE 4096

__u8 page[PAGE];
__u32 checksum;

SEC("tp/syscalls/sys_enter_write")
int checksum_write(struct trace_event_raw_sys_enter *context)
{
	int byte, bit, bytes = 16;
	__u32 crc = ~0;

	if (context->args[2] != PAGE ||
	    bpf_probe_read_user(page, PAGE, (void *)context->args[1]))
		return 0;
	if (armed)				/* armed */
		bytes = PAGE;			/* armed */
	for (byte = 0; byte < bytes; byte++) {
		crc ^= page[byte];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	checksum = ~crc;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	return 0;
}
