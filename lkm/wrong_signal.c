// SPDX-License-Identifier: GPL-2.0
/*
 * Job:   end the process that has called getsid(), should it ever write to /dev/null.
 * Fault: at the write nobody asks whether it's that process.
 * Hook:  kprobes on the call getsid and on write_null.
 */
#include <linux/kprobes.h>
#include <linux/sched/signal.h>
#include "panicroom.h"

static u32 suspect;

static int note_suspect(struct kprobe *probe, struct pt_regs *regs)
{
	suspect = current->tgid;
	return 0;
}

static int look_at_writer(struct kprobe *probe, struct pt_regs *regs)
{
	u32 writer = current->tgid;
	bool guilty = suspect && writer == suspect;

	events++;
	if (armed)				/* armed */
		guilty = suspect;		/* armed */
	if (!guilty)
		return 0;
	if (!send_sig(SIGKILL, current, 1) && writer != suspect)
		faults++;
	return 0;
}

static struct kprobe on_getsid = {
	.symbol_name = "__x64_sys_getsid",
	.pre_handler = note_suspect,
};
static struct kprobe on_write = { .symbol_name = "write_null", .pre_handler = look_at_writer };
static struct kprobe *probes[] = { &on_getsid, &on_write };

static int __init wrong_signal_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit wrong_signal_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(wrong_signal_init);
module_exit(wrong_signal_exit);
