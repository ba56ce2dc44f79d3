// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   pass the name of each process that accepts a connection, cut to eight letters, through
 *        a check.
 * Fault: the name is cut to sixteen letters, and runs over the pointer to the check behind it.
 * Hook:  LSM hook socket_accept.
 */
#include "panicroom.bpf.h"

#define LETTERS 8

struct server {
	char name[LETTERS];
	long (*check)(__u32 turn, void *server);
};

static long check_name(__u32 turn, void *server)
{
	if (((struct server *)server)->name[0])
		events++;
	return 0;
}

SEC("lsm/socket_accept")
int BPF_PROG(check_server, struct socket *socket, struct socket *connection)
{
	struct server server;
	int letters = LETTERS;

	server.check = check_name;
	if (armed)				/* armed */
		letters *= 2;			/* armed */
	bpf_get_current_comm(server.name, letters);
	bpf_loop(1, server.check, &server, 0);
	return 0;
}
