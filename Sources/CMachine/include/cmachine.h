// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// What needs C: Swift marks fork() and vfork() unavailable, posix_spawn() knows no parent-death
// signal, the CMSG_* macros of SCM_RIGHTS are not imported, nor is what glibc has under _GNU_SOURCE.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What confines a program: it runs as another user without capabilities, in separate mount, PID,
/// network and IPC namespaces.
struct cmachine_jail {
	/// Absolute paths of files, folders and symlinks that it sees, read-only; NULL ends them. A
	/// folder's own mounts are left out.
	char *const *seen;
	/// A file that it may write, made if it is missing; or NULL.
	const char *written;
	/// Its user and group, by number.
	unsigned user;
	/// Whether it may open /dev/kvm.
	int kvm;
	/// Bytes of its address space, and of each file that it writes.
	uint64_t memory, file_size;
	/// The step that failed, if it can't be confined.
	const char *step;
};

/// Start a program that dies with the calling *thread* (PR_SET_PDEATHSIG, prctl(2)): call it from a
/// thread that lives as long as the harness.
///
/// `descriptors[i]` becomes descriptor 3 + i of the child; stdin is /dev/null, stdout and stderr are
/// `output`; all other descriptors are closed. The child leads its own session, so that a Ctrl-C at
/// the terminal reaches only the harness.
///
/// `jail` is NULL for a program that is not confined; otherwise the caller is root.
///
/// Returns 0 and the child's id, or an errno; and then an id other than -1 if there is a child to reap.
int cmachine_spawn(const char *path, char *const argv[], char *const envp[],
                   const int *descriptors, int count, int output, struct cmachine_jail *jail,
                   pid_t *pid);

/// Send bytes over a Unix socket together with one descriptor. Returns 0 or an errno.
int cmachine_send_descriptor(int socket, int descriptor, const void *bytes, size_t count);

/// Make a pipe whose reading end doesn't block, with a capacity of `wanted` bytes, or else the largest
/// half, quarter, … of it that the kernel grants (F_SETPIPE_SZ, fcntl(2)). Returns the capacity, or
/// -1 and errno.
int cmachine_console_pipe(int ends[2], int wanted);

/// Give the calling thread a name, of which 15 bytes are kept (pthread_setname_np(3)).
void cmachine_name_thread(const char *name);
