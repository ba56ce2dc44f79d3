// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cguest.h"

#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char messages[16384];
static size_t messages_used;

static int capture(enum libbpf_print_level level, const char *format, va_list arguments) {
  if (level != LIBBPF_WARN || messages_used + 1 >= sizeof messages) return 0;
  size_t room = sizeof messages - messages_used;
  int written = vsnprintf(messages + messages_used, room, format, arguments);
  if (written > 0) messages_used += (size_t)written < room ? (size_t)written : room - 1;
  return written;
}

void cguest_capture_libbpf_messages(void) { libbpf_set_print(capture); }

const char *cguest_libbpf_messages(void) { return messages; }

void cguest_forget_libbpf_messages(void) {
  messages_used = 0;
  messages[0] = 0;
}

// Declared here, so that this target need not find libkmod's header.
void kmod_set_log_fn(
    struct kmod_ctx *context,
    void (*log)(void *data, int priority, const char *file, int line, const char *function,
                const char *format, va_list arguments),
    const void *data);

static void say_nothing(void *data, int priority, const char *file, int line,
                        const char *function, const char *format, va_list arguments) {
  (void)data, (void)priority, (void)file, (void)line, (void)function, (void)format,
      (void)arguments;
}

void cguest_silence_libkmod(struct kmod_ctx *context) {
  kmod_set_log_fn(context, say_nothing, NULL);
}

long cguest_system_call(long number, const long a[6]) {
  long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  return result < 0 ? -errno : result;
}

int cguest_fork_and_wait(void) {
  pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0) _exit(0);
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return errno;
  return status == 0 ? 0 : -1;
}

static const uint64_t pattern = 0x5ca1ab1e0ddba115ull;

static void guard(uint64_t *words, size_t count, int socket) {
  char byte;
  while (read(socket, &byte, 1) == 1) {
    byte = 1;
    for (size_t i = 0; i < count; i++)
      if (words[i] != (pattern ^ i)) byte = 0;
    if (write(socket, &byte, 1) != 1) return;
  }
}

int cguest_start_canary(size_t pages, int *socket) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  pid_t child = fork();
  if (child < 0) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return -error;
  }
  if (child > 0) {
    close(ends[1]);
    *socket = ends[0];
    return child;
  }
  close(ends[0]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  size_t size = pages * 4096, count = size / sizeof pattern;
  uint64_t *words =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (words != MAP_FAILED) {
    for (size_t i = 0; i < count; i++) words[i] = pattern ^ i;
    guard(words, count, ends[1]);
  }
  _exit(0);
}

int cguest_raise_loopback(void) {
  int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return errno;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  int result = ioctl(socket_, SIOCGIFFLAGS, &request);
  if (result == 0) {
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    result = ioctl(socket_, SIOCSIFFLAGS, &request);
  }
  int error = result < 0 ? errno : 0;
  close(socket_);
  return error;
}

static struct btf *kernel_btf;

// libbpf parses the kernel's whole BTF again for each object that needs it, which under TCG costs
// more than the rest of a load, and has no way to pass it a parsed one. Its own call of this exported
// function finds this definition first (ELF symbol order). libbpf owns what it gets, so each result
// can be handed out only once.
struct btf *btf__load_vmlinux_btf(void) {
  struct btf *ready = kernel_btf;
  if (ready) {
    kernel_btf = NULL;
    return ready;
  }
  struct btf *(*parse)(void) = (struct btf * (*)(void)) dlsym(RTLD_NEXT, "btf__load_vmlinux_btf");
  if (!parse) {
    errno = ENOSYS;
    return NULL;
  }
  return parse();
}

int cguest_parse_kernel_btf(void) {
  struct btf *parsed = btf__load_vmlinux_btf();
  if (!parsed) return -errno;
  kernel_btf = parsed;
  return 0;
}
