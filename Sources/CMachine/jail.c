// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// As Firecracker's jailer does it (src/jailer/src/chroot.rs, env.rs), in one process and without a
// folder on disk. It runs between clone(CLONE_VM) and exec: system calls only. glibc's setresuid()
// and the like would change the parent's threads, too.
#define _GNU_SOURCE
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// The new root is assembled here: every system has this folder, and nothing below it is visible.
#define ROOT "/proc"

static int fail(struct cmachine_jail *jail, const char *step)
{
	jail->step = step;
	return -1;
}

// The path below the new root; makes the folders above it.
static int place(char place[PATH_MAX], const char *path)
{
	size_t size = strlen(path) + 1;

	if (path[0] != '/' || sizeof(ROOT) + size > PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(place, ROOT, sizeof(ROOT) - 1);
	memcpy(place + sizeof(ROOT) - 1, path, size);
	for (char *end = place + sizeof(ROOT); (end = strchr(end, '/')); *end++ = '/') {
		*end = 0;
		if (mkdir(place, 0755) && errno != EEXIST)
			return -1;
	}
	return 0;
}

// A file that only root may read, as /boot's are on Ubuntu.
static int copy(const char *path, int to)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), error;
	ssize_t count = -1;

	if (from >= 0)
		while ((count = sendfile(to, from, NULL, 1 << 30)) > 0)
			;
	// A file that is open to write keeps its file system writable.
	error = errno;
	close(from);
	close(to);
	errno = error;
	return count < 0 ? -1 : 0;
}

static int show(const char *path, unsigned long flags)
{
	char target[PATH_MAX], link[PATH_MAX];
	struct stat status;

	if (place(target, path) || lstat(path, &status))
		return -1;
	if (S_ISLNK(status.st_mode)) {
		ssize_t size = readlink(path, link, sizeof(link) - 1);
		if (size < 0)
			return -1;
		link[size] = 0;
		return symlink(link, target);
	}
	if (S_ISDIR(status.st_mode)) {
		if (mkdir(target, 0755) && errno != EEXIST)
			return -1;
	} else {
		int file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (file < 0)
			return -1;
		if (flags & MS_RDONLY && !(status.st_mode & S_IROTH))
			return copy(path, file);
		close(file);
	}
	if (mount(path, target, NULL, MS_BIND, NULL))
		return -1;
	return mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | flags, NULL);
}

// A guest's memory in a file, which QEMU opens to write.
static int show_written(const char *path, unsigned user)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0 || fchown(file, user, user))
		return -1;
	close(file);
	return show(path, 0);
}

static int make_device(const char *name, unsigned user, unsigned major, unsigned minor)
{
	char target[PATH_MAX];

	return place(target, name) || mknod(target, S_IFCHR | 0600, makedev(major, minor)) ||
	       chown(target, user, user) ? -1 : 0;
}

static int build_root(struct cmachine_jail *jail)
{
	// What the harness's own would hide. The child has a copy of its own.
	umask(022);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fail(jail, "make mounts private");
	if (mount("panicroom", ROOT, "tmpfs", MS_NOSUID, "mode=0755"))
		return fail(jail, "mount tmpfs");
	for (char *const *path = jail->seen; *path; path++)
		if (show(*path, MS_RDONLY))
			return fail(jail, *path);
	if (jail->written && show_written(jail->written, jail->user))
		return fail(jail, jail->written);
	// Linux: Documentation/admin-guide/devices.txt
	if (make_device("/dev/null", jail->user, 1, 3) || make_device("/dev/urandom", jail->user, 1, 9) ||
	    (jail->kvm && make_device("/dev/kvm", jail->user, 10, 232)))
		return fail(jail, "mknod");
	if (mkdir(ROOT "/proc", 0555) ||
	    mount("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return fail(jail, "mount proc");
	// pivot_root(2), "pivot_root(".", ".")"
	if (chdir(ROOT) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return fail(jail, "pivot_root");
	if (mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL))
		return fail(jail, "make root read-only");
	return 0;
}

static int limit(struct cmachine_jail *jail)
{
	const struct { int what; rlim_t most; } limits[] = {
		{ RLIMIT_AS, jail->memory }, { RLIMIT_FSIZE, jail->file_size }, { RLIMIT_NOFILE, 128 },
		{ RLIMIT_NPROC, 4096 }, { RLIMIT_CORE, 0 },
	};

	for (unsigned i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		const struct rlimit pair = { limits[i].most, limits[i].most };
		if (syscall(SYS_prlimit64, 0, limits[i].what, &pair, NULL))
			return fail(jail, "setrlimit");
	}
	return 0;
}

int cmachine_enter_jail(struct cmachine_jail *jail)
{
	unsigned user = jail->user;

	if (build_root(jail) || limit(jail))
		return -1;
	// Capabilities go with the last of root's ids (capabilities(7)).
	if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, user, user, user) ||
	    syscall(SYS_setresuid, user, user, user))
		return fail(jail, "setresuid");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(jail, "no_new_privs");
	return 0;
}
