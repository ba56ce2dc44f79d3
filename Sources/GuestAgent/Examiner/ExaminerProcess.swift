// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// The process that looks at the kernel before and after a trial. It is not the supervisor, since
/// looking at a damaged kernel can kill; and not the worker, which may have died.
struct ExaminerProcess: ~Copyable {
  /// How long, in milliseconds, and how many looks what the kernel frees late (RCU, workqueues) gets.
  /// By the clock alone a guest on a starved host would get too little.
  private static let settling: (time: UInt64, looks: Int) = (1_000, 25)
  /// After this many of them the kernel is made to give back what it would keep longer.
  private static let flushingLook = 12

  private let health: HealthChecks
  private let slabs: SlabCaches
  private var channel = BlockingChannel(Child.socket)
  private var caches: [String] = []
  private var before: KernelState?
  /// After the last trial; nil before the first.
  private var after: KernelState?

  static func run() throws {
    // A trial that eats all memory must not take the examiner and its canary for the eater.
    try put(Array("-1000".utf8), into: "/proc/self/oom_score_adj")
    var examiner = ExaminerProcess(
      health: try HealthChecks(), slabs: try SlabCaches())
    try examiner.warmUp()
    try examiner.channel.send(WorkerSignals.finished)
    try examiner.serve()
  }

  private init(health: consuming HealthChecks, slabs: consuming SlabCaches) {
    self.health = health
    self.slabs = slabs
  }

  private func warmUp() throws {
    try dropCaches("4")
    try WarmUp.examiner(slabs)
    for check in health.checks(brief: false) { try health.perform(check) }
  }

  private mutating func serve() throws {
    while let frame = try channel.next() {
      switch try ExaminerRequest(frame) {
      case .note(let frame):
        guard case .trial(let plan) = try HostMessage(frame) else { continue }
        caches = plan.watchedCaches
        do {
          let state = try stateBefore(plan)
          before = state
          try channel.send(.state(moment: "before", state))
        } catch {
          try channel.send(.failed("\(error)"))
        }
      case .examine(let brief, let settle):
        for check in health.checks(brief: brief) {
          try channel.send(.health(check: check.rawValue, detail: complaint(of: check)))
        }
        let state = try stateAfter(settle: settle)
        after = state
        try channel.send(.state(moment: "after", state))
      case .rehearse: try warmUp()
      }
      try channel.send(WorkerSignals.finished)
    }
  }

  /// A guest that gets another trial is as it was after the last one, and was stopped since.
  private mutating func stateBefore(_ plan: TrialPlan) throws -> KernelState {
    if let after, plan.modules.isEmpty,
      plan.watchedCaches.allSatisfy(after.slabObjects.keys.contains)
    {
      return after
    }
    for name in plan.modules { try health.load(name) }
    return try KernelState.now(caches: caches, slabs: slabs)
  }

  private mutating func stateAfter(settle: Bool) throws -> KernelState {
    let start = Clock.milliseconds()
    var looks = 0
    while true {
      let state = try KernelState.now(caches: caches, slabs: slabs)
      looks += 1
      let isOver =
        Clock.milliseconds() >= start + Self.settling.time && looks >= Self.settling.looks
      guard settle, let before, state.holdsMore(than: before), !isOver else { return state }
      if looks == Self.flushingLook {
        try freeBatches()
        try flushMappings()
      }
      usleep(20_000)
    }
  }

  /// What kfree_rcu() was given waits up to 5 s for more of its kind, unless memory is short (Linux:
  /// kernel/rcu/tree.c, `KFREE_DRAIN_JIFFIES`, `kfree_rcu_shrink_scan`).
  private func freeBatches() throws { try dropCaches("2") }

  /// - Parameter choice: 2 has the kernel's caches shrunk, 4 has it say so in its log never again (Linux:
  ///   fs/drop_caches.c).
  private func dropCaches(_ choice: String) throws {
    try put(Array(choice.utf8), into: "/proc/sys/vm/drop_caches")
  }

  /// The page tables of freed vmalloc areas, and with KASAN their shadow (an eighth of their size),
  /// stay until something causes mappings to be flushed, such as the unloading of a module (Linux:
  /// mm/vmalloc.c, vm_remove_mappings).
  private mutating func flushMappings() throws {
    let check = HealthChecks.Check.module
    if let complaint = complaint(of: check) {
      try channel.send(.health(check: check.rawValue, detail: complaint))
    }
  }

  /// Performs a check; nil if nothing is wrong.
  private func complaint(of check: HealthChecks.Check) -> String? {
    do {
      try health.perform(check)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
