// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension Scenario {
  /// The system calls that a workload may name: they change nothing that outlives them. GuestAgent, which makes them, has the same list.
  public static let knownSystemCalls = [
    "close", "dup", "fcntl", "fstat", "getcwd", "getegid", "geteuid", "getgid", "getpgid",
    "getpid", "getppid", "getpriority", "getrandom", "getrusage", "getsid", "gettid", "getuid",
    "kill", "lseek", "madvise", "mkdir", "mmap", "mprotect", "munmap", "nanosleep", "newfstatat",
    "openat", "prctl", "read", "rename", "rmdir", "sched_yield", "setpriority", "socket",
    "symlink", "uname", "unlink", "write",
  ]

  /// Those among them that other calls prepare or undo.
  static let pairedSystemCalls: Set<String> = [
    "close", "dup", "mkdir", "mmap", "munmap", "openat", "rename", "rmdir", "socket", "symlink",
    "unlink",
  ]
}
