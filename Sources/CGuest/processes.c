#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/perf_event.h>
#include <signal.h>
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

// A signal that does not come within a second has gone astray.
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
  // Blocked ahead of the fork: the first signal may come before the child runs.
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
  // What a twin makes of the write itself is its affair.
  for (size_t i = 0; i < writes; i++) (void)!write(null, words, 64);
  for (size_t i = 0; i < count; i++)
    if (((volatile uint64_t *)words)[i] != (pattern ^ i)) _exit(1);
  _exit(0);
}
