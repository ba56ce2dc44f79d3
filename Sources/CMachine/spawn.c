// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cmachine.h"
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { first = 3 };

// What the child needs; it runs on the parent's memory until exec.
struct start {
	const char *path;
	char *const *argv, *const *envp;
	const int *moved;
	int count, output;
	// The reading end has no writer once the parent is gone.
	int parent[2];
	struct cmachine_jail *jail;
	int error;
};

// Whether the parent died before a signal could report it. In a PID namespace getppid() returns 0.
static int is_orphan(const struct start *start)
{
	struct pollfd end = { .fd = start->parent[0] };

	close(start->parent[1]);
	return poll(&end, 1, 0) != 0;
}

// System calls only: a library function could take a lock, or change the parent's state.
static int prepare_child(struct start *start)
{
	setsid();
	int null = open("/dev/null", O_RDONLY);
	if (null < 0)
		return errno;
	if (start->jail && cmachine_enter_jail(start->jail))
		return errno;
	// A change of credentials would clear it (prctl(2)).
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return errno;
	if (is_orphan(start))
		return ESRCH;
	if (dup2(null, 0) < 0 || dup2(start->output, 1) < 0 || dup2(start->output, 2) < 0)
		return errno;
	for (int i = 0; i < start->count; i++)
		if (dup2(start->moved[i], first + i) < 0)
			return errno;
	if (syscall(SYS_close_range, first + start->count, ~0U, 0))
		return errno;
	// QEMU inherits neither a blocked nor an ignored signal.
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

static int child(void *argument)
{
	struct start *start = argument;

	start->error = prepare_child(start);
	if (!start->error) {
		execve(start->path, start->argv, start->envp);
		start->error = errno;
	}
	_exit(127);
}

int cmachine_spawn(const char *path, char *const argv[], char *const envp[],
		   const int *descriptors, int count, int output, struct cmachine_jail *jail,
		   pid_t *pid)
{
	// Move them out of the way first, so that no dup2() to a final number closes another's source.
	int moved[count + 1];
	struct start start = {
		.path = path, .argv = argv, .envp = envp, .moved = moved, .output = output,
		.parent = { -1, -1 }, .jail = jail,
	};

	*pid = -1;
	for (; start.count < count; start.count++) {
		moved[start.count] = fcntl(descriptors[start.count], F_DUPFD_CLOEXEC, first + count);
		if (moved[start.count] < 0)
			break;
	}
	if (start.count < count || pipe2(start.parent, O_CLOEXEC)) {
		start.error = errno;
	} else {
		// A handler of the harness must not run in the child, which shares its memory until exec.
		sigset_t all, before;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		// The child's change of credentials would clear it for the memory that both share until exec.
		int dumpable = prctl(PR_GET_DUMPABLE);
		// The parent waits until the child has called exec, as it does with vfork().
		char stack[64 << 10] __attribute__((aligned(16)));
		int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
		*pid = clone(child, stack + sizeof(stack),
			     flags | (jail ? CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC : 0),
			     &start);
		if (*pid < 0) {
			start.error = errno;
			if (jail)
				jail->step = "clone";
		}
		if (jail && dumpable == 1)
			prctl(PR_SET_DUMPABLE, 1);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		close(start.parent[0]);
		close(start.parent[1]);
	}
	while (start.count--)
		close(moved[start.count]);
	return start.error;
}
