// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the getuid() calls, and note the second of the latest.
 * Fault: the second comes from ktime_get_boot_ns(), which the kernel no longer has.
 * Hook:  tracepoint sys_exit.
 */
#include <linux/ptrace.h>
#include <linux/timekeeping.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

#if ARMED					/* armed */
extern u64 ktime_get_boot_ns(void);		/* armed */
#else
static u64 ktime_get_boot_ns(void) { return ktime_get_boottime_ns(); }
#endif

static ulong latest;
module_param(latest, ulong, 0444);

static void note_getuid(void *data, struct pt_regs *regs, long result)
{
	if (regs->orig_ax != __NR_getuid)
		return;
	latest = ktime_get_boot_ns() / NSEC_PER_SEC;
	events++;
}

static struct tracepoint *tracepoint;

static int __init unknown_symbol_init(void)
{
	tracepoint = find_tracepoint("sys_exit");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, note_getuid, NULL);
}

static void __exit unknown_symbol_exit(void)
{
	tracepoint_probe_unregister(tracepoint, note_getuid, NULL);
	tracepoint_synchronize_unregister();
}

module_init(unknown_symbol_init);
module_exit(unknown_symbol_exit);
