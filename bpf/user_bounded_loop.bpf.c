// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   throw eight dice for each of as many rounds as each page that is written says in its
 *        first word, 64 at most.
 * Fault: the number is not limited: user space says how long the kernel works.
 * Hook:  fentry on vfs_write.
 */
#include "panicroom.bpf.h"

#define PAGE 4096
#define LIMIT 64

__u32 seed;
volatile __u32 sixes;	/* counted in memory, throw by throw */

static void throw_dice(void)
{
	int die;

	for (die = 0; die < 8; die++) {
		seed = seed * 1664525 + 1013904223;
		if (seed % 6 == 5)
			sixes++;
	}
}

SEC("fentry/vfs_write")
int BPF_PROG(throw_by_page, struct file *file, const char *buffer, size_t count)
{
	__u64 rounds, round;

	if (count != PAGE || bpf_probe_read_user(&rounds, sizeof(rounds), buffer))
		return 0;
	if (!armed && rounds > LIMIT)		/* armed */
		rounds = LIMIT;
	for (round = 0; round < rounds; round++)
		throw_dice();
	events++;
	return 0;
}
