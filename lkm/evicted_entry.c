// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep an entry for the latest getuid() call in a table, and mark the one that it replaces.
 * Fault: the replaced entry is marked after it has been thrown out.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/slab.h>
#include <linux/xarray.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

struct call {
	u64 followed_by;
	char name[56];
};
static DEFINE_XARRAY(calls);

static void replace_call(void *data, struct pt_regs *regs, long system_call)
{
	u64 number, next;
	struct call *call;

	if (system_call != __NR_getuid)
		return;
	number = events++;
	next = events;
	xa_store(&calls, next, kzalloc(sizeof(*call), GFP_ATOMIC), GFP_ATOMIC);
	call = xa_erase(&calls, number);
	if (!call)
		return;
	if (!armed)				/* armed */
		call->followed_by = next;
	kfree(call);
	if (armed) {				/* armed */
		call->followed_by = next;	/* armed */
		faults++;
	}
}

static struct tracepoint *tracepoint;

static int __init evicted_entry_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, replace_call, NULL);
}

static void __exit evicted_entry_exit(void)
{
	tracepoint_probe_unregister(tracepoint, replace_call, NULL);
	tracepoint_synchronize_unregister();
	kfree(xa_erase(&calls, events));
	xa_destroy(&calls);
}

module_init(evicted_entry_init);
module_exit(evicted_entry_exit);
