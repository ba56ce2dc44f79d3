// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// SHA-256 (FIPS 180-4): by the SHA extensions of x86 (Intel's manual, volume 2, SHA256RNDS2), or in
// plain C if the CPU lacks them. With a package, every new user would have to compile BoringSSL.
#include "chost.h"

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#include <string.h>

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turned(uint32_t word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void digest_plain(uint32_t *state, const uint8_t *bytes, size_t blocks)
{
	for (; blocks; blocks--, bytes += 64) {
		uint32_t words[64];
		for (int i = 0; i < 16; i++)
			words[i] = (uint32_t)bytes[4 * i] << 24 | bytes[4 * i + 1] << 16 |
				   bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
		for (int i = 16; i < 64; i++) {
			uint32_t early = words[i - 15], late = words[i - 2];
			words[i] = words[i - 16] + words[i - 7] +
				   (turned(early, 7) ^ turned(early, 18) ^ early >> 3) +
				   (turned(late, 17) ^ turned(late, 19) ^ late >> 10);
		}
		uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
		uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
		for (int i = 0; i < 64; i++) {
			uint32_t first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) +
					 ((e & f) ^ (~e & g)) + constants[i] + words[i];
			uint32_t second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) +
					  ((a & b) ^ (a & c) ^ (b & c));
			h = g, g = f, f = e, e = d + first;
			d = c, c = b, b = a, a = first + second;
		}
		state[0] += a, state[1] += b, state[2] += c, state[3] += d;
		state[4] += e, state[5] += f, state[6] += g, state[7] += h;
	}
}

// The instructions expect the state as the words a, b, e, f and c, d, g, h, high end first.
__attribute__((target("sha,sse4.1,ssse3")))
static void digest_extended(uint32_t *state, const uint8_t *bytes, size_t blocks)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state + 1), 0x1b);
	__m128i abef = _mm_alignr_epi8(low, high, 8);
	__m128i cdgh = _mm_blend_epi16(high, low, 0xf0);

	for (; blocks; blocks--, bytes += 64) {
		__m128i words[4], before_abef = abef, before_cdgh = cdgh;
#pragma clang loop unroll(full)
		for (int i = 0; i < 16; i++) {
			__m128i *word = &words[i % 4], last = words[(i + 3) % 4];
			if (i < 4) {
				const __m128i *from = (const __m128i *)bytes + i;
				*word = _mm_shuffle_epi8(_mm_loadu_si128(from), order);
			} else {
				__m128i sum = _mm_add_epi32(
					_mm_sha256msg1_epu32(*word, words[(i + 1) % 4]),
					_mm_alignr_epi8(last, words[(i + 2) % 4], 4));
				*word = _mm_sha256msg2_epu32(sum, last);
			}
			__m128i round = _mm_add_epi32(
				*word, _mm_loadu_si128((const __m128i *)constants + i));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, round);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(round, 0x0e));
		}
		abef = _mm_add_epi32(abef, before_abef);
		cdgh = _mm_add_epi32(cdgh, before_cdgh);
	}

	low = _mm_shuffle_epi32(abef, 0x1b);
	high = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)state + 1, _mm_alignr_epi8(high, low, 8));
}

static int has_extensions(void)
{
	unsigned a, b, c, d;
	// SSSE3 and SSE4.1; then the SHA extensions.
	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 9) || !(c & 1u << 19))
		return 0;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & 1u << 29;
}

// 0: not known yet, 1: plain C, 2: the extensions.
static atomic_int way;

void chost_sha256_use_plain(int plain)
{
	atomic_store(&way, plain || !has_extensions() ? 1 : 2);
}

static void digest_blocks(uint32_t *state, const uint8_t *bytes, size_t blocks)
{
	if (!atomic_load(&way))
		chost_sha256_use_plain(0);
	if (atomic_load(&way) == 2)
		digest_extended(state, bytes, blocks);
	else
		digest_plain(state, bytes, blocks);
}

void chost_sha256_begin(struct chost_sha256 *digest)
{
	static const uint32_t begin[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	memcpy(digest->state, begin, sizeof begin);
	digest->length = 0;
}

void chost_sha256_add(struct chost_sha256 *digest, const void *data, size_t count)
{
	const uint8_t *bytes = data;
	size_t open = digest->length % 64;
	if (!count)
		return;
	digest->length += count;
	if (open) {
		size_t taken = count < 64 - open ? count : 64 - open;
		memcpy(digest->block + open, bytes, taken);
		if (open + taken < 64)
			return;
		digest_blocks(digest->state, digest->block, 1);
		bytes += taken;
		count -= taken;
	}
	digest_blocks(digest->state, bytes, count / 64);
	memcpy(digest->block, bytes + count / 64 * 64, count % 64);
}

void chost_sha256_end(struct chost_sha256 *digest, uint8_t *result)
{
	uint64_t bits = digest->length * 8;
	uint8_t length[8];
	static const uint8_t padding[64] = { 0x80 };
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	size_t open = digest->length % 64;
	chost_sha256_add(digest, padding, open < 56 ? 56 - open : 120 - open);
	chost_sha256_add(digest, length, 8);
	for (int i = 0; i < 32; i++)
		result[i] = (uint8_t)(digest->state[i / 4] >> (24 - i % 4 * 8));
}
