// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// What Swift can't express: C variadics, va_list callbacks, and fork.
#pragma once

#include <bpf/btf.h>
#include <stddef.h>
#include <stdint.h>
// Swift's Glibc module leaves these out.
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

/// libbpf hands its messages to a callback with a va_list, which Swift can't receive: this one
/// formats them into a buffer. Only warnings are kept; formatting the rest costs guest time.
void cguest_capture_libbpf_messages(void);
/// The messages since the last cguest_forget_libbpf_messages(), ended by a NUL.
const char *cguest_libbpf_messages(void);
void cguest_forget_libbpf_messages(void);

/// libkmod's log callback takes a va_list, too: this sets one that discards everything.
struct kmod_ctx;
void cguest_silence_libkmod(struct kmod_ctx *context);

/// syscall(2) is variadic. Returns what it returns, errno negated on an error.
long cguest_system_call(long number, const long arguments[6]);

/// Swift doesn't allow fork(2). Starts a child that exits at once, and waits for it.
/// Returns 0, or an errno, or -1 if the child did not exit with status 0.
int cguest_fork_and_wait(void);

/// Starts a child that fills `pages` pages with a pattern and, for each byte that arrives on the
/// socket, answers 1 if the pattern is intact and 0 if it isn't.
/// Returns the child's id or a negative errno; `socket` is this side's end.
int cguest_start_canary(size_t pages, int *socket);

/// Gives up root and all capabilities: no supplementary groups, user and group 65534 (nobody).
/// Returns 0 or an errno.
int cguest_drop_privileges(void);

/// Sets the effective capabilities: all that are permitted, except those in a mask with one bit for
/// each CAP_ number. capset(2) has no wrapper outside libcap.
/// Returns 0 or an errno.
int cguest_use_capabilities_without(uint64_t mask);

/// struct perf_event_attr has bit fields, which Swift's importer leaves out. Opens the software
/// event cpu-clock on a CPU for all tasks, with an overflow every `nanoseconds`.
/// Returns a descriptor or a negative errno.
int cguest_open_cpu_clock(uint64_t nanoseconds, int cpu);

/// Sends SIGUSR1 to a child, one after the other, and counts those that it took.
/// Returns 0, a negative errno, 1 if one did not arrive, or the number of the signal that ended the
/// child, shifted left by 8.
int cguest_exchange_signals(size_t count, size_t *taken);

/// Starts `callers` processes, each bound to its own CPU if there are enough, that begin together and
/// make a system call `times` times each.
/// Returns the total number of calls that failed, or a negative errno.
long cguest_call_side_by_side(long number, const long arguments[6], size_t times, size_t callers);

/// Starts a process named "bystander" with a page filled with a pattern. It writes the first 64 bytes
/// to /dev/null `writes` times, and then checks the page.
/// Returns 0 if the page is unchanged, 1 if it isn't, 2 if the process failed, a negative errno if it
/// could not be started, or the number of the signal that ended it, shifted left by 8.
int cguest_run_bystander(size_t writes);

/// Has a child open a file, read 64 bytes, open it again and write a line to it, all without waiting;
/// one that waits nevertheless is ended after a second.
/// Returns the sum of 1 if it could be opened, 2 if it was read and 4 if it was written, a negative
/// errno if there is no child, or the number of the signal that ended it, shifted left by 8.
int cguest_touch(const char *path);

/// ioctl(2) on a union inside struct ifreq: brings the loopback device up; the kernel then gives
/// it 127.0.0.1 (net/ipv4/devinet.c, inetdev_event). Returns 0 or an errno.
int cguest_raise_loopback(void);

/// Parses the running kernel's BTF now, and hands the result to libbpf the next time it asks.
/// Returns 0 or a negative errno.
int cguest_parse_kernel_btf(void);

/// bpf_program__attach_tcx() of libbpf 1.3 and later.
/// Returns NULL and sets errno, to ENOSYS if the guest's libbpf is older.
struct bpf_program;
struct bpf_link;
struct bpf_link *cguest_attach_tcx(const struct bpf_program *program, int device);

/// bpf_program__attach_netfilter() of libbpf 1.2 and later.
/// Returns NULL and sets errno, to ENOSYS if the guest's libbpf is older.
struct bpf_link *cguest_attach_netfilter(const struct bpf_program *program, uint32_t family,
                                         uint32_t hook, int32_t priority);

/// posix_spawn(3) with what Swift's Glibc module leaves out: a new session (POSIX_SPAWN_SETSID) and a
/// folder to start in. No signal is blocked or ignored, and no descriptor above 2 is open. stdin,
/// stdout and stderr are the terminal of this name, which becomes the session's controlling terminal,
/// or, if it is NULL, the three descriptors.
/// Returns 0 and the child's id, or an errno.
int cguest_start_session(const char *path, char *const argv[], char *const envp[],
                         const char *terminal, const int standard[3], const char *folder,
                         int *child);

/// posix_openpt(3) and its companions, which Swift's Glibc module also leaves out: the master side of
/// a new terminal, non-blocking; `name` becomes the name of its slave side.
/// Returns a descriptor or a negative errno.
int cguest_open_terminal(char *name, size_t size);
