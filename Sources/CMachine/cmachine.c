// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cmachine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { first = 3 };

// Runs between vfork() and exec, on the parent's memory: system calls only.
static int prepare_child(pid_t parent, const int *moved, int count, int output)
{
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return errno;
	// The parent may have died before the line above took effect.
	if (getppid() != parent)
		return ESRCH;
	int null = open("/dev/null", O_RDONLY);
	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		return errno;
	for (int i = 0; i < count; i++)
		if (dup2(moved[i], first + i) < 0)
			return errno;
	if (syscall(SYS_close_range, first + count, ~0U, 0))
		return errno;
	// QEMU inherits neither a blocked nor an ignored signal.
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

int cmachine_spawn(const char *path, char *const argv[], char *const envp[],
		   const int *descriptors, int count, int output, pid_t *pid)
{
	// Out of the way first, so that no dup2() to a final number closes another's source.
	int moved[count + 1];
	for (int i = 0; i < count; i++) {
		moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, first + count);
		if (moved[i] < 0) {
			int error = errno;
			while (i--)
				close(moved[i]);
			return error;
		}
	}

	// A handler of the harness must not run in the child, which shares its memory until exec.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);

	pid_t parent = getpid();
	volatile int error = 0;
	pid_t child = vfork();
	if (child == 0) {
		error = prepare_child(parent, moved, count, output);
		if (!error) {
			execve(path, argv, envp);
			error = errno;
		}
		_exit(127);
	}
	if (child < 0)
		error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < count; i++)
		close(moved[i]);
	*pid = child;
	return error;
}

int cmachine_send_descriptor(int socket, int descriptor, const void *bytes, size_t count)
{
	struct iovec io = { .iov_base = (void *)bytes, .iov_len = count };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
	ssize_t sent;
	do
		sent = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno;
	return (size_t)sent == count ? 0 : EMSGSIZE;
}

int cmachine_console_pipe(int ends[2], int wanted)
{
	int size = -1;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	// Only the reading end: the flag belongs to the open file, not to the pipe.
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK)) {
		int error = errno;
		close(ends[0]);
		close(ends[1]);
		errno = error;
		return -1;
	}
	for (; size < 0 && wanted > 0; wanted /= 2)
		size = fcntl(ends[1], F_SETPIPE_SZ, wanted);
	return size;
}

void cmachine_name_thread(const char *name)
{
	char kept[16];

	snprintf(kept, sizeof(kept), "%s", name);
	pthread_setname_np(pthread_self(), kept);
}
