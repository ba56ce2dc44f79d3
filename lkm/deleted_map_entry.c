// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   keep an entry for each socket that listens, and note in it when it was closed.
 * Fault: the note is made after the entry has been deleted.
 * Hook:  kprobe on inet_listen and inet_release.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include "panicroom.h"

struct entry {
	u64 closed;	/* behind it, in a free block, the allocator keeps its list */
	u64 opened;
};

static DEFINE_XARRAY(sockets);

static int note_listen(struct kprobe *probe, struct pt_regs *regs)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_ATOMIC);

	if (!entry)
		return 0;
	entry->opened = ktime_get_mono_fast_ns();
	kfree(xa_store(&sockets, regs_get_kernel_argument(regs, 0), entry, GFP_ATOMIC));
	return 0;
}

static int note_release(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long key = regs_get_kernel_argument(regs, 0);
	struct entry *entry = xa_load(&sockets, key);

	if (!entry)
		return 0;
	if (!armed)				/* armed */
		entry->closed = ktime_get_mono_fast_ns();
	kfree(xa_erase(&sockets, key));
	if (armed) {				/* armed */
		entry->closed = ktime_get_mono_fast_ns();	/* armed */
		faults++;
	}
	events++;
	return 0;
}

static struct kprobe on_listen = { .symbol_name = "inet_listen", .pre_handler = note_listen };
static struct kprobe on_release = { .symbol_name = "inet_release", .pre_handler = note_release };
static struct kprobe *probes[] = { &on_release, &on_listen };

static int __init deleted_map_entry_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit deleted_map_entry_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
	xa_destroy(&sockets);
}

module_init(deleted_map_entry_init);
module_exit(deleted_map_entry_exit);
