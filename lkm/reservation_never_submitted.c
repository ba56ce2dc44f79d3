// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   write a record of each getgid() call's result to a ring buffer.
 * Fault: the record is reserved and filled, but never submitted.
 * Hook:  tracepoint sys_exit.
 */
#include <linux/ring_buffer.h>
#include <linux/timekeeping.h>
#include "panicroom.h"
#include "panicroom_kernels.h"
#include "panicroom_tracepoint.h"

struct record {
	u64 when;
	long result;
};
static struct trace_buffer *records;

static void record_getgid(void *data, struct pt_regs *regs, long result)
{
	struct ring_buffer_event *event;
	struct record *record;

	if (regs->orig_ax != __NR_getgid)
		return;
	event = ring_buffer_lock_reserve(records, sizeof(*record));
	if (!event)
		return;
	record = ring_buffer_event_data(event);
	record->when = ktime_get_mono_fast_ns();
	record->result = result;
	events++;
	if (armed)				/* armed */
		faults++;			/* armed */
	else
		ring_buffer_unlock_commit(records);
}

static struct tracepoint *tracepoint;

static int __init reservation_never_submitted_init(void)
{
	tracepoint = find_tracepoint("sys_exit");
	records = ring_buffer_alloc(4096, RB_FL_OVERWRITE);
	if (!tracepoint || !records)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, record_getgid, NULL);
}

static void __exit reservation_never_submitted_exit(void)
{
	tracepoint_probe_unregister(tracepoint, record_getgid, NULL);
	tracepoint_synchronize_unregister();
	ring_buffer_free(records);
}

module_init(reservation_never_submitted_init);
module_exit(reservation_never_submitted_exit);
