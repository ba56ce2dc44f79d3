/* SPDX-License-Identifier: GPL-2.0 */
/* Finds a tracepoint that the kernel doesn't export by name. */
#ifndef PANICROOM_TRACEPOINT_H
#define PANICROOM_TRACEPOINT_H

#include <linux/string.h>
#include <linux/tracepoint.h>

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void compare_tracepoint(struct tracepoint *tracepoint, void *data)
{
	struct tracepoint_search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

static struct tracepoint *find_tracepoint(const char *name)
{
	struct tracepoint_search search = { .name = name };

	for_each_kernel_tracepoint(compare_tracepoint, &search);
	return search.found;
}

#endif
