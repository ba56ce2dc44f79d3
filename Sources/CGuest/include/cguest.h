// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// What Swift can't say itself: C variadics, va_list callbacks, and fork.
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

/// libkmod's log callback takes a va_list, too: this sets one that says nothing.
struct kmod_ctx;
void cguest_silence_libkmod(struct kmod_ctx *context);

/// syscall(2) is variadic. Returns what it returns, errno negated on an error.
long cguest_system_call(long number, const long arguments[6]);

/// Swift refuses fork(2). Starts a child that ends at once, and waits for it.
/// Returns 0, or an errno, or -1 where the child did not end with status 0.
int cguest_fork_and_wait(void);

/// Starts a child that fills `pages` pages with a pattern and, for each byte that comes in on the
/// socket, answers 1 where the pattern still stands and 0 where it doesn't.
/// Returns the child's id or a negative errno; `socket` is this side's end.
int cguest_start_canary(size_t pages, int *socket);

/// Gives up root, and with it every capability: no further groups, user and group 65534 (nobody).
/// Returns 0 or an errno.
int cguest_drop_privileges(void);

/// The capabilities that take effect: all that are permitted but those of a mask, a bit for each
/// CAP_ number. capset(2) has no wrapper outside libcap.
/// Returns 0 or an errno.
int cguest_use_capabilities_without(uint64_t mask);

/// struct perf_event_attr has bit fields, which Swift's importer leaves out. Opens the software
/// event cpu-clock on a CPU for all tasks, overflowing every so many nanoseconds.
/// Returns a descriptor or a negative errno.
int cguest_open_cpu_clock(uint64_t nanoseconds, int cpu);

/// Sends SIGUSR1 to a child, one after the other, and counts those that it took.
/// Returns 0, a negative errno, 1 where one did not come, or the number of the signal that ended
/// the child, shifted left by 8.
int cguest_exchange_signals(size_t count, size_t *taken);

/// Starts so many processes, each bound to a CPU of its own as far as there are some, that begin
/// together and make a system call so many times each.
/// Returns how many calls failed in all, or a negative errno.
long cguest_call_side_by_side(long number, const long arguments[6], size_t times, size_t callers);

/// Starts a process named "bystander" with a page of a pattern, whose first 64 bytes it writes to
/// /dev/null so many times; then it looks at the page.
/// Returns 0 where the page is as it was, 1 where it isn't, 2 where the process failed, a negative
/// errno where there was none, or the number of the signal that ended it, shifted left by 8.
int cguest_run_bystander(size_t writes);

/// ioctl(2) on a union inside struct ifreq: brings the loopback device up; the kernel then gives
/// it 127.0.0.1 (net/ipv4/devinet.c, inetdev_event). Returns 0 or an errno.
int cguest_raise_loopback(void);

/// Parses the running kernel's BTF now and hands the result to libbpf at its next wish for one.
/// Returns 0 or a negative errno.
int cguest_parse_kernel_btf(void);

/// posix_spawn(3) with what Swift's Glibc module leaves out: a session of its own
/// (POSIX_SPAWN_SETSID) and a folder to start in. No signal is blocked or ignored, and no descriptor
/// above 2 is open. Standard input, output and error are the terminal of this name, which becomes the
/// session's, or, where it is NULL, the three descriptors.
/// Returns 0 and the child's id, or an errno.
int cguest_start_session(const char *path, char *const argv[], char *const envp[],
                         const char *terminal, const int standard[3], const char *folder,
                         int *child);

/// posix_openpt(3) and what goes with it, which Swift's Glibc module leaves out, too: the master side
/// of a new terminal, non-blocking; `name` becomes that of its slave side.
/// Returns a descriptor or a negative errno.
int cguest_open_terminal(char *name, size_t size);
