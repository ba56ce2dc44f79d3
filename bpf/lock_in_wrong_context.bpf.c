// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count getsid() calls, and the clock's ticks, in one record.
 * Fault: a spin lock guards the record, taken by the call and by the tick that interrupts it.
 * Hook:  raw tracepoint sys_enter, and a perf event.
 */
#include "panicroom.bpf.h"

#define GETSID 124	/* __NR_getsid on x86-64 */

struct record {
	__u64 calls, ticks;
#if ARMED				/* armed */
	struct bpf_spin_lock lock;	/* armed */
#endif
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");

static void count(__u64 calls, __u64 ticks)
{
	__u32 key = 0;
	struct record *record = bpf_map_lookup_elem(&records, &key);

	if (!record)
		return;
#if ARMED				/* armed */
	bpf_spin_lock(&record->lock);	/* armed */
	record->calls += calls;
	record->ticks += ticks;
	bpf_spin_unlock(&record->lock);
#else
	barrier_var(calls);	/* or the compiler makes of adding 0 an atomic or, new in 5.12 */
	barrier_var(ticks);
	__sync_fetch_and_add(&record->calls, calls);
	__sync_fetch_and_add(&record->ticks, ticks);
#endif
	events = record->calls;
}

SEC("raw_tp/sys_enter")
int count_call(struct bpf_raw_tracepoint_args *context)
{
	if (context->args[1] == GETSID)
		count(1, 0);
	return 0;
}

SEC("perf_event")
int count_tick(struct bpf_perf_event_data *context)
{
	count(0, 1);
	return 0;
}
