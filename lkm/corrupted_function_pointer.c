// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   pass the name of each process that accepts a connection, cut to eight letters, through
 *        a check.
 * Fault: the name is cut to sixteen letters, and runs over the pointer to the check behind it.
 * Hook:  kprobe on security_socket_accept.
 */
#include <linux/kprobes.h>
#include <linux/sched.h>
#include "panicroom.h"

#define LETTERS 8

struct server {
	char name[LETTERS];
	long (*check)(u32 turn, void *server);
};

static long check_name(u32 turn, void *server)
{
	if (((struct server *)server)->name[0])
		events++;
	return 0;
}

/* Not memcpy(), whose fortified form would notice. */
static noinline void copy_letters(char *to, const char *from, int letters)
{
	while (letters--)
		*to++ = *from++;
}

static int check_server(struct kprobe *probe, struct pt_regs *regs)
{
	struct server server;
	int letters = LETTERS;

	server.check = check_name;
	if (armed)				/* armed */
		letters *= 2;			/* armed */
	copy_letters(server.name, current->comm, letters);
	server.check(0, &server);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "security_socket_accept",
	.pre_handler = check_server,
};

static int __init corrupted_function_pointer_init(void)
{
	return register_kprobe(&probe);
}

static void __exit corrupted_function_pointer_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(corrupted_function_pointer_init);
module_exit(corrupted_function_pointer_exit);
