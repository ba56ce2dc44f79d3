// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep a checksum (CRC-32) of the pages that are written, of the first 16 bytes of each.
 * Fault: none that could do harm: the whole page is taken, 4096 bytes instead of 16.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/uaccess.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#define PAGE 4096

static u8 page[PAGE];
static uint checksum;
module_param(checksum, uint, 0444);

static void checksum_write(void *data, struct pt_regs *regs, long number)
{
	int byte, bit, bytes = 16;
	u32 crc = ~0;

	if (number != __NR_write || regs->dx != PAGE ||
	    copy_from_user_nofault(page, (void __user *)regs->si, PAGE))
		return;
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
}

static struct tracepoint *tracepoint;

static int __init too_complex_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, checksum_write, NULL);
}

static void __exit too_complex_exit(void)
{
	tracepoint_probe_unregister(tracepoint, checksum_write, NULL);
	tracepoint_synchronize_unregister();
}

module_init(too_complex_init);
module_exit(too_complex_exit);
