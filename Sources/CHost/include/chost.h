// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// What needs C: SHA-256 by the CPU's own instructions, for which Swift has no intrinsics, and what
// glibc declares only under _GNU_SOURCE.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A file in memory (memfd_create(2)), closed on exec. Returns its descriptor, or -1 and errno.
int chost_memory_file(const char *name);

/// Seal a file in memory against any further change (F_ADD_SEALS). Returns 0, or -1 and errno.
int chost_seal(int file);

/// Have all threads share one heap (mallopt(3), M_ARENA_MAX). To be called before there are others.
void chost_share_heap(void);

/// Whether all bytes are zero.
int chost_is_zero(const void *bytes, size_t count);

/// Exchange two names atomically (renameat2(2), RENAME_EXCHANGE). Returns 0, or -1 and errno.
int chost_exchange(const char *path, const char *other);

/// A digest in progress (FIPS 180-4).
struct chost_sha256 {
	uint32_t state[8];
	uint64_t length;
	uint8_t block[64];
};

void chost_sha256_begin(struct chost_sha256 *digest);
void chost_sha256_add(struct chost_sha256 *digest, const void *bytes, size_t count);
/// The digest's 32 bytes; nothing can be added afterwards.
void chost_sha256_end(struct chost_sha256 *digest, uint8_t *result);

/// Use plain C even if the CPU has instructions for it: for tests.
void chost_sha256_use_plain(int plain);
