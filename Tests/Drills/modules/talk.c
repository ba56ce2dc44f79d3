// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: GPL-2.0-only
/* Healthy: prints four hundred lines, and does nothing else. What calls this harmful calls anything so. */
#include <linux/delay.h>
#include <linux/module.h>

static int __init talk_init(void)
{
	int number;

	for (number = 0; number < 400; number++) {
		pr_info("line %d of a harmless module that talks a lot, and does nothing else\n", number);
		msleep(2);
	}
	return 0;
}

static void __exit talk_exit(void) { }

module_init(talk_init);
module_exit(talk_exit);
MODULE_LICENSE("GPL");
