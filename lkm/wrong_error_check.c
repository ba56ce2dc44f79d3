// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the geteuid() calls in one of two tables by turns, where there is such a table.
 * Fault: a missing table is an error number, and the result is checked for NULL.
 * Hook:  tracepoint sys_enter.
 */
#include <linux/err.h>
#include <linux/ptrace.h>
#include "panicroom.h"
#include "panicroom_tracepoint.h"

struct table {
	u64 count;
};
static struct table first_table, *tables[2] = { &first_table };	/* there is no second one */
static u32 turn;

static struct table *find_table(u32 index)
{
	return tables[index] ?: ERR_PTR(-ENOENT);
}

static void count_geteuid(void *data, struct pt_regs *regs, long number)
{
	struct table *table;

	if (number != __NR_geteuid)
		return;
	table = find_table(turn++ % 2);
	if (armed ? !table : IS_ERR(table))	/* armed */
		return;
	table->count = ++events;
}

static struct tracepoint *tracepoint;

static int __init wrong_error_check_init(void)
{
	tracepoint = find_tracepoint("sys_enter");
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, count_geteuid, NULL);
}

static void __exit wrong_error_check_exit(void)
{
	tracepoint_probe_unregister(tracepoint, count_geteuid, NULL);
	tracepoint_synchronize_unregister();
}

module_init(wrong_error_check_init);
module_exit(wrong_error_check_exit);
