// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cmachine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
