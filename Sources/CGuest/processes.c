// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cguest.h"

int cguest_drop_privileges(void) {
  if (setgroups(0, NULL) < 0) return errno;
  if (setresgid(65534, 65534, 65534) < 0) return errno;
  if (setresuid(65534, 65534, 65534) < 0) return errno;
  return 0;
}

int cguest_use_capabilities_without(uint64_t mask) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, data) < 0) return errno;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
    data[i].effective = data[i].permitted & ~(uint32_t)(mask >> (32 * i));
  return syscall(SYS_capset, &header, data) < 0 ? errno : 0;
}

int cguest_open_cpu_clock(uint64_t nanoseconds, int cpu) {
  struct perf_event_attr event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  event.type = PERF_TYPE_SOFTWARE;
  event.config = PERF_COUNT_SW_CPU_CLOCK;
  event.sample_period = nanoseconds;
  long result = syscall(SYS_perf_event_open, &event, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  return result < 0 ? -errno : (int)result;
}

static int status_of(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFSIGNALED(status) ? WTERMSIG(status) << 8 : WEXITSTATUS(status);
}

// A signal that does not arrive within a second is lost.
static void take_signals(size_t count, const sigset_t *set, int socket) {
  struct timespec patience = {.tv_sec = 1};
  for (size_t i = 0; i < count; i++) {
    char taken = sigtimedwait(set, NULL, &patience) == SIGUSR1;
    if (write(socket, &taken, 1) != 1 || !taken) _exit(1);
  }
  _exit(0);
}

int cguest_exchange_signals(size_t count, size_t *taken) {
  sigset_t set, before;
  int ends[2];
  *taken = 0;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  // Blocked before the fork: the first signal may arrive before the child runs.
  sigprocmask(SIG_BLOCK, &set, &before);
  pid_t child = fork();
  int error = errno;
  if (child == 0) take_signals(count, &set, ends[1]);
  sigprocmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return -error;
  }
  int result = 0;
  for (size_t i = 0; i < count && result == 0; i++) {
    char byte = 0;
    if (kill(child, SIGUSR1) < 0) result = -errno;
    else if (read(ends[0], &byte, 1) != 1 || !byte) break;
    else ++*taken;
  }
  close(ends[0]);
  if (result < 0) kill(child, SIGKILL);
  int status = status_of(child);
  return result < 0 ? result : status;
}

int cguest_run_bystander(size_t writes) {
  static const uint64_t pattern = 0xb15a7de2b15a7de2ull;
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child > 0) return status_of(child);
  prctl(PR_SET_NAME, "bystander");
  size_t size = 4096, count = size / sizeof pattern;
  uint64_t *words = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (words == MAP_FAILED || null < 0) _exit(2);
  for (size_t i = 0; i < count; i++) words[i] = pattern ^ i;
  // A twin may change the result of the write itself.
  for (size_t i = 0; i < writes; i++) (void)!write(null, words, 64);
  for (size_t i = 0; i < count; i++)
    if (((volatile uint64_t *)words)[i] != (pattern ^ i)) _exit(1);
  _exit(0);
}

int cguest_touch(const char *path) {
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child > 0) return status_of(child);
  sigset_t alarms;
  sigemptyset(&alarms);
  sigaddset(&alarms, SIGALRM);
  signal(SIGALRM, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &alarms, NULL);
  alarm(1);
  char bytes[64];
  int done = 0, flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  int file = open(path, O_RDONLY | flags);
  if (file >= 0) {
    done |= 1 | (read(file, bytes, sizeof bytes) < 0 ? 0 : 2);
    close(file);
  }
  file = open(path, O_WRONLY | flags);
  if (file >= 0) {
    done |= 1 | (write(file, "1\n", 2) < 0 ? 0 : 4);
    close(file);
  }
  _exit(done);
}

struct start {
  size_t ready, failures;
};

static void call_when_all_are_ready(long number, const long a[6], size_t times, size_t callers,
                                    size_t index, struct start *start) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(index % (size_t)sysconf(_SC_NPROCESSORS_ONLN), &cpus);
  if (sched_setaffinity(0, sizeof cpus, &cpus) < 0) _exit(1);
  __atomic_add_fetch(&start->ready, 1, __ATOMIC_ACQ_REL);
  // Without a system call: a twin may watch all of them.
  while (__atomic_load_n(&start->ready, __ATOMIC_ACQUIRE) < callers) __builtin_ia32_pause();
  size_t failures = 0;
  for (size_t i = 0; i < times; i++)
    if (syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0) failures++;
  __atomic_add_fetch(&start->failures, failures, __ATOMIC_ACQ_REL);
  _exit(0);
}

long cguest_call_side_by_side(long number, const long arguments[6], size_t times, size_t callers) {
  struct start *start =
      mmap(NULL, sizeof *start, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return -errno;
  long result = 0;
  size_t started = 0;
  pid_t children[8];
  for (; started < callers && started < 8; started++) {
    children[started] = fork();
    if (children[started] == 0)
      call_when_all_are_ready(number, arguments, times, callers, started, start);
    if (children[started] < 0) {
      result = -errno;
      break;
    }
  }
  for (size_t i = 0; i < started; i++) {
    // The others would wait for ever for one that never arrives.
    if (result < 0) kill(children[i], SIGKILL);
    int status = status_of(children[i]);
    if (result == 0 && status != 0) result = -ECHILD;
  }
  if (result == 0) result = (long)start->failures;
  munmap(start, sizeof *start);
  return result;
}

int cguest_start_session(const char *path, char *const argv[], char *const envp[],
                         const char *terminal, const int standard[3], const char *folder,
                         int *child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawn_file_actions_init(&actions);
  // Opened by the leader of a new session, a terminal becomes the session's.
  if (terminal) posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0);
  for (int i = 0; i < 3; i++)
    if (!terminal || i > 0)
      posix_spawn_file_actions_adddup2(&actions, terminal ? 0 : standard[i], i);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  pid_t process = 0;
  int error = posix_spawn(&process, path, &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  *child = process;
  return error;
}

int cguest_open_terminal(char *name, size_t size) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) return -errno;
  int error = unlockpt(terminal) < 0 ? errno : ptsname_r(terminal, name, size);
  if (!error && fcntl(terminal, F_SETFD, FD_CLOEXEC) < 0) error = errno;
  if (!error && fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK) < 0) error = errno;
  if (!error) return terminal;
  close(terminal);
  return -error;
}
