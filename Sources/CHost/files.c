// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "chost.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int chost_memory_file(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int chost_seal(int file)
{
	const int size = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW;

	// F_SEAL_WRITE fails with EBUSY while anything holds one of the pages, even the kernel itself,
	// which may migrate pages at any time (Linux: mm/memfd.c, memfd_wait_for_pins). A writable
	// mapping made earlier could still write after F_SEAL_FUTURE_WRITE, but there is none.
	if (fcntl(file, F_ADD_SEALS, size | F_SEAL_FUTURE_WRITE) == 0)
		return 0;
	// The kernel is older than Linux 5.1.
	return errno == EINVAL ? fcntl(file, F_ADD_SEALS, size | F_SEAL_WRITE) : -1;
}

int chost_is_zero(const void *bytes, size_t count)
{
	const unsigned char *from = bytes;
	// Each byte equals the one before it, and the first is zero.
	return !count || (!*from && !memcmp(from, from + 1, count - 1));
}

int chost_exchange(const char *path, const char *other)
{
	return renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
}

void chost_share_heap(void)
{
	mallopt(M_ARENA_MAX, 1);
}
