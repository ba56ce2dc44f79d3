// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep the latest getuid() call in a table with one place, and note in the call before
 *        it that it was followed.
 * Fault: the note is made when the place has been given to the next call.
 * Hook:  tracepoint sys_enter.
 */
#include "panicroom.h"
#include "panicroom_tracepoint.h"

static struct call {
	u64 number;
	u64 followed_by;
} calls[1];

static struct call *find_call(u64 number)
{
	struct call *call = &calls[number % ARRAY_SIZE(calls)];

	return number && call->number == number ? call : NULL;
}

static void replace_call(void *data, struct pt_regs *regs, long system_call)
{
	struct call fresh = {}, *before, *latest;
	u64 number;

	if (system_call != __NR_getuid)
		return;
	number = events++;
	before = find_call(number);
	fresh.number = events;
	if (before && !armed)			/* armed */
		before->followed_by = events;
	calls[fresh.number % ARRAY_SIZE(calls)] = fresh;
	if (before && armed)			/* armed */
		before->followed_by = fresh.number;	/* armed */
	latest = find_call(fresh.number);
	if (latest && latest->followed_by)
		faults++;
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
}

module_init(evicted_entry_init);
module_exit(evicted_entry_exit);
