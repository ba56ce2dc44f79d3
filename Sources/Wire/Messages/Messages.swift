// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The version of everything in this target. Both sides send theirs in their first message; if they
/// differ, the trial is inconclusive.
public let wireVersion = 11

/// What the host sends to the agent.
public enum HostMessage: Sendable, Equatable {
  /// First message after a start or a restore; answered with ``AgentMessage/hello``.
  case hello(version: Int)
  /// One trial. The object follows as a blob frame. A guest takes another one once it has finished the
  /// first, if its worker and its examiner are still there.
  case trial(TrialPlan)
  /// Repeat, before the trial, what was done before the guest was frozen, so that an emulator has
  /// translated that code. Answered with ``AgentMessage/finished``.
  case rehearse
  /// Run the guest's bpftool instead of a trial; answered with ``AgentMessage/toolOutput`` and
  /// ``AgentMessage/finished``.
  case tool(arguments: [String])
  /// Put a file in place for a shell, before ``shell(_:)``. Its bytes follow as blob frames.
  case file(path: String, size: Int, executable: Bool)
  /// Start a shell instead of a trial; answered with its output and ``AgentMessage/shellEnded(status:)``.
  case shell(ShellPlan)
  case shellSize(TerminalSize)
  /// This many more bytes of the shell's output have been shown to the user.
  case shellTaken(bytes: Int)
  /// There will be no more input.
  case shellInputEnded
}

/// What the agent sends to the host.
public enum AgentMessage: Sendable, Equatable {
  /// The guest is up and ready for one trial. Only the first one, before the host has sent
  /// anything, has the kernel's `places`.
  case hello(version: Int, kernelRelease: String, places: KernelPlaces? = nil)
  /// At least every quarter of a second during a trial.
  ///
  /// `processState`: the letter in proc(5) for the process that takes the step: the examiner in
  /// `health`, otherwise the worker.
  ///
  /// `ticks`: how many timer interrupts each CPU has taken; only if there are several CPUs. A CPU
  /// whose count stands still is idle, or gets no interrupts.
  case heartbeat(
    uptimeMilliseconds: UInt64, step: String?, processState: String?, ticks: [UInt64]? = nil)
  case step(String)
  case refused(Refusal)
  /// The verifier's log; `size` bytes of it follow as blob frames, the last one short or empty.
  case verifierLog(size: Int)
  case loaded
  /// After ``loaded``: one function of an eBPF program as the kernel's JIT compiled it.
  case compiled(CompiledFunction)
  case attached
  /// Only if the plan has ``TrialPlan/choices``: every program of the object, once after it was
  /// attached and once more after the workload, with what ran.
  case programs([ProgramState])
  /// Only of an undeclared module: its functions that the kernel can trace, after the workload.
  /// `areAll`: these are all functions, and all calls.
  case functions([FunctionCalls], areAll: Bool)
  /// `faults`: the twin's own count of faulty operations that completed.
  case observed(value: Int64, faults: Int64?)
  case unloaded
  case unloadFailed(errno: Int32, message: String)
  case workerEnded(exitStatus: Int32?, signal: Int32?)
  /// The kernel's state, `moment` being `before` or `after`.
  case state(moment: String, KernelState)
  /// One check of ordinary work after the trial; `detail` is nil if it passed.
  case health(check: String, detail: String?)
  case finished
  /// What a tool printed; `size` bytes of it follow as blob frames, the last one short or empty.
  /// `status` is its exit status, or 128 + n if signal n ended it.
  case toolOutput(name: String, status: Int32, size: Int)
  /// This many more bytes of the input have gone to the shell.
  case shellTaken(bytes: Int)
  /// The shell's exit status, after all its output; 128 + n if signal n ended it.
  case shellEnded(status: Int32)
  /// The agent itself could not do its work; the trial is inconclusive.
  case failed(String)
}

/// Which source lines the instructions of one compiled function come from. In backtraces its frames
/// are `bpf_prog_<tag>_<name>+0x<offset>`.
public struct CompiledFunction: Sendable, Equatable {
  /// As in the source; the kernel may know only its first 15 characters.
  public var name: String
  /// In bytes.
  public var size: Int
  /// The source files that ``lines`` speaks of.
  public var files: [String]
  /// Three figures for each line: the offset in bytes of its first instruction, its file's place in
  /// ``files``, its number. In the order of the offsets.
  public var lines: [Int]

  public init(name: String, size: Int, files: [String], lines: [Int]) {
    self.name = name
    self.size = size
    self.files = files
    self.lines = lines
  }
}

/// Who refused a twin, and the text of the refusal.
public struct Refusal: Sendable, Equatable {
  /// What a message begins with if the user asked for what the object doesn't have.
  public static let ofRequest = "the request: "

  public enum Gate: String, Sendable {
    case libbpf, verifier, attach, policy
    case moduleLoader = "module-loader"
  }

  public var gate: Gate
  /// Positive, as in `errno.h`.
  public var errno: Int32
  public var message: String

  public init(gate: Gate, errno: Int32, message: String) {
    self.gate = gate
    self.errno = errno
    self.message = message
  }
}

/// What the supervisor notes of the kernel before and after a trial.
public struct KernelState: Sendable, Equatable {
  /// `/proc/sys/kernel/tainted`.
  public var taint: UInt64
  /// Names in `/proc/modules`, sorted.
  public var modules: [String]
  /// Loaded programs, maps and links, counted by walking their ids.
  public var programs: Int
  public var maps: Int
  public var links: Int
  /// Live objects of the watched slab caches, after their per-CPU lists were flushed.
  public var slabObjects: [String: Int64]
  /// `MemAvailable` of `/proc/meminfo`, in KiB.
  public var memoryAvailableKiB: Int64
  /// How many hold on to each of ``modules``.
  public var moduleReferences: [String: Int64]
  /// All slab caches that have objects, by the name in `/proc/slabinfo`.
  public var slabs: [String: SlabUse]
  /// By the raw value of ``KernelFigure``, without those that this kernel doesn't report.
  public var figures: [String: Int64]

  public init(
    taint: UInt64, modules: [String], programs: Int, maps: Int, links: Int,
    slabObjects: [String: Int64], memoryAvailableKiB: Int64,
    moduleReferences: [String: Int64] = [:], slabs: [String: SlabUse] = [:],
    figures: [String: Int64] = [:]
  ) {
    self.taint = taint
    self.modules = modules
    self.programs = programs
    self.maps = maps
    self.links = links
    self.slabObjects = slabObjects
    self.memoryAvailableKiB = memoryAvailableKiB
    self.moduleReferences = moduleReferences
    self.slabs = slabs
    self.figures = figures
  }
}
