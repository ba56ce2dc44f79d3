extension Scenario {
  /// The system calls that a workload may name: they take no arguments that matter and change
  /// nothing. GuestAgent, which makes them, has the same list.
  public static let knownSystemCalls = [
    "getegid", "geteuid", "getgid", "getpgid", "getpid", "getppid", "getsid", "gettid", "getuid",
    "sched_yield",
  ]
}
