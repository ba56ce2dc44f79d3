// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   on each trigger, read the first byte of the code of getpgid().
 * Fault: the byte is written back.
 * Hook:  none; a parameter, written by the trigger. A kprobe finds the address.
 */
#include <linux/kprobes.h>
#include "panicroom.h"

static struct kprobe probe = {
	.symbol_name = "__x64_sys_getpgid",
};

static int read_code(const char *value, const struct kernel_param *param)
{
	unsigned char *code = (void *)probe.addr, byte;

	byte = READ_ONCE(*code);
	if (armed)				/* armed */
		WRITE_ONCE(*code, byte);	/* armed */
	events++;
	return 0;
}

static const struct kernel_param_ops trigger = { .set = read_code };
module_param_cb(trigger, &trigger, NULL, 0200);

static int __init kernel_text_write_init(void)
{
	return register_kprobe(&probe);
}

static void __exit kernel_text_write_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(kernel_text_write_init);
module_exit(kernel_text_write_exit);
