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
long cguest_system_call(long number);

/// Swift refuses fork(2). Starts a child that ends at once, and waits for it.
/// Returns 0, or an errno, or -1 where the child did not end with status 0.
int cguest_fork_and_wait(void);

/// Starts a child that fills `pages` pages with a pattern and, for each byte that comes in on the
/// socket, answers 1 where the pattern still stands and 0 where it doesn't.
/// Returns the child's id or a negative errno; `socket` is this side's end.
int cguest_start_canary(size_t pages, int *socket);

/// ioctl(2) on a union inside struct ifreq: brings the loopback device up; the kernel then gives
/// it 127.0.0.1 (net/ipv4/devinet.c, inetdev_event). Returns 0 or an errno.
int cguest_raise_loopback(void);

/// Parses the running kernel's BTF now and hands the result to libbpf at its next wish for one.
/// Returns 0 or a negative errno.
int cguest_parse_kernel_btf(void);
