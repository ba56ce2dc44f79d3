// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Everything that the judge may use: what one trial left, read but not yet interpreted.
public struct TrialFacts: Sendable {
  public var mechanism: Mechanism
  /// Whether the fault was switched on.
  public var armed: Bool
  /// The guard that the twin names for a fault which a run-time check is meant to absorb.
  public var guardName: String?
  /// What the agent reported, in order.
  public var agent: [AgentFact]
  /// What the kernel-log reader found on the console.
  public var console: [Finding]
  /// What the reader found in the verifier's log, if there is one.
  public var rejection: Rejection?
  /// The frames of the console's findings and the verifier's place that could be resolved, by
  /// frame (`symbol+0xoffset`).
  public var resolvedFrames: [String: SourcePlace]
  /// How the guest ended.
  public var ending: Ending
  /// The compiler's refusal, if the twin did not compile: its messages.
  public var compilerRefusal: [EvidenceLine]
  /// Where the first of them points in the source; nil if it names no line (modpost's don't).
  public var compilerPlace: SourcePlace?
  /// The lines of `agent.jsonl` for each of ``agent``, counted from 1, as evidence places.
  public var agentLines: [Int]
  /// Whether nothing was expected of the twin, which then need not have reported an observation.
  public var isUndeclared: Bool
  /// Whether the twin was changed, so that it may reach the armed path though it is disarmed.
  public var isMutant = false
  /// The twin's name in the kernel's list of modules; nil for an eBPF program.
  public var module: String?
  /// What the guest's kernel memory showed afterwards; nil if it was not read.
  public var witness: MemoryWitness?
  /// Which file of the evidence ``console`` was read from.
  var consoleFile = TrialFacts.consoleFile

  public init(
    mechanism: Mechanism, armed: Bool, guardName: String? = nil, agent: [AgentFact] = [],
    console: [Finding] = [], rejection: Rejection? = nil,
    resolvedFrames: [String: SourcePlace] = [:], ending: Ending,
    compilerRefusal: [EvidenceLine] = [], compilerPlace: SourcePlace? = nil,
    agentLines: [Int] = [], isUndeclared: Bool = false, module: String? = nil,
    witness: MemoryWitness? = nil
  ) {
    self.mechanism = mechanism
    self.armed = armed
    self.guardName = guardName
    self.agent = agent
    self.console = console
    self.rejection = rejection
    self.resolvedFrames = resolvedFrames
    self.ending = ending
    self.compilerRefusal = compilerRefusal
    self.compilerPlace = compilerPlace
    self.agentLines = agentLines
    self.isUndeclared = isUndeclared
    self.module = module
    self.witness = witness
  }
}

/// One report of the agent in the guest.
public enum AgentFact: Sendable, Equatable {
  /// The worker entered a step: `load`, `attach`, `workload`, `observe`, `unload`.
  case step(String)
  /// The kernel, or the library in front of it, refused the twin.
  /// `errno` is positive; `message` is the library's or the kernel's.
  case refused(Gate, errno: Int32, message: String)
  case loaded
  case attached
  /// `faults`: how often the faulty operation completed, if the twin counts it.
  case observed(Int64, faults: Int64?)
  /// The kernel counted no run of any of the object's programs, or no call of any of the module's
  /// functions; the words list them.
  case nothingRan(String)
  case unloaded
  /// The twin could not be taken out again.
  case unloadFailed(errno: Int32, message: String)
  /// The worker process exited by itself (`signal` nil) or was killed by the kernel.
  case workerEnded(exitStatus: Int32?, signal: Int32?)
  /// The kernel's taint mask changed (Linux: Documentation/admin-guide/tainted-kernels.rst).
  case tainted(before: UInt64, after: UInt64)
  /// Something of which there is more than before the trial: a plural, and its counts.
  case leftBehind(what: String, before: Int64, after: Int64)
  /// Memory that nothing should have touched reads differently.
  case canaryChanged(String)
  /// A check of ordinary work afterwards failed: which, and how.
  case unhealthy(check: String, detail: String)
  case healthy
  /// The agent's last message: the trial went through all its steps.
  case finished
  /// The laboratory failed inside the guest.
  case laboratoryFailed(String)
}

/// How a guest ended, from QEMU's and the harness's side.
public enum Ending: Sendable, Equatable {
  /// The harness ended the guest after the agent's last message.
  case answered
  /// QEMU reported a panic (pvpanic's GUEST_PANICKED).
  case panicked
  /// The guest asked for a reset, without a panic reported before.
  case reset
  /// The guest powered itself off.
  case shutdown
  /// The heartbeat stopped, for this many seconds of the guest's own CPU time.
  ///
  /// `interruptsOff`: the backtrace that the harness requested shows the CPU like this.
  /// `countsTicks`: whether the CPU continued to count time; nil if unknown.
  case silent(seconds: Double, interruptsOff: Bool = false, countsTicks: Bool? = nil)

  /// A CPU's registers showed that no interrupt reaches it any more.
  case lockedUp(Lockup)

  /// From this many seconds of CPU time, a silent guest was busy. A starved or an idle one uses
  /// some tenths while the harness waits.
  static let busySilence = 1.0
  /// The heartbeat continued, but the trial had not ended at its deadline.
  case deadline(seconds: Double, step: String?, processState: String?)
  /// No guest was started: the twin did not compile.
  case noGuest
  /// Laboratory failure: the guest never got as far as the trial, QEMU died, or messages were
  /// malformed.
  case laboratoryFailed(String)
}

extension TrialFacts {
  /// Whether a trace on the console has a frame of the twin's.
  public var consoleShowsTwin: Bool {
    console.contains { $0.frames.contains(where: isOfTwin) }
  }

  /// Whether a frame is the twin's.
  public func isOfTwin(_ frame: Frame) -> Bool {
    switch mechanism {
    case .lkm: frame.module != nil && frame.module == module
    // Linux: kernel/bpf/core.c, bpf_get_prog_name.
    case .bpf: frame.symbol.hasPrefix("bpf_prog_")
    }
  }
}
