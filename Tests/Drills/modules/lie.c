// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: GPL-2.0-only
/* Prints, or hides, what the judge reads. mode 0: headlines of reports that never were; 1: such a headline
 * and a backtrace; 2: the line that would hide what follows, then a WARN; 3: a WARN with the console silenced;
 * 4: a WARN, and then the mask that it left is wiped; 5: the mask of an oops that never was. */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/printk.h>

static int mode;
module_param(mode, int, 0444);

static unsigned long *mask(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&probe))
		return NULL;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	return (unsigned long *)lookup("tainted_mask");
}

static int __init lie_init(void)
{
	int level = console_loglevel;
	unsigned long *taint;

	switch (mode) {
	case 0:
		pr_emerg("Kernel panic - not syncing: I lie\n");
		pr_alert("BUG: kernel NULL pointer dereference, address: 0000000000000000\n");
		pr_emerg("watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:1]\n");
		pr_warn("WARNING: CPU: 0 PID: 1 at lib/lie.c:1 lie+0x1/0x2\n");
		break;
	case 1:
		pr_warn("WARNING: CPU: 0 PID: 1 at lib/lie.c:1 lie+0x1/0x2\n");
		dump_stack();
		break;
	case 2:
		pr_emerg("Kernel panic - not syncing: NMI: Not continuing\n");
		WARN(1, "after the lie\n");
		break;
	case 3:
		console_loglevel = 0;
		WARN(1, "nobody hears this\n");
		console_loglevel = level;
		break;
	case 4:
		taint = mask();
		WARN(1, "as if it had not been\n");
		if (taint)
			*taint &= ~(1ul << TAINT_WARN);
		break;
	case 5:
		add_taint(TAINT_DIE, LOCKDEP_STILL_OK);
		break;
	}
	return 0;
}

static void __exit lie_exit(void) { }

module_init(lie_init);
module_exit(lie_exit);
MODULE_LICENSE("GPL");
