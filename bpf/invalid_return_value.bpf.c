// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   count the sockets that are made, and allow them all.
 * Fault: the hook answers EACCES, an error number without its sign.
 * Hook:  LSM socket_create, attached to the root of the control groups.
 */
#include "panicroom.bpf.h"

#define ALLOW 1
#define EACCES 13	/* from asm-generic/errno-base.h */

SEC("lsm_cgroup/socket_create")
int count_socket(void *context)
{
	events++;
	if (armed)				/* armed */
		return EACCES;			/* armed */
	return ALLOW;
}
