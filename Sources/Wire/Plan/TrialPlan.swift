// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What one trial asks of the agent.
public struct TrialPlan: Sendable, Equatable {
  public enum Mechanism: String, Sendable {
    case bpf, lkm
  }

  public var scenario: String
  public var mechanism: Mechanism
  public var armed: Bool
  /// Whether the worker gives up root and all capabilities before it loads the twin.
  public var unprivileged: Bool
  /// Whether bpftool looks at the program while it is loaded.
  public var inspected: Bool
  /// The module's or the object's name: `null_map_value`.
  public var objectName: String
  /// The size of the blob that follows, in bytes.
  public var objectSize: Int
  /// Modules of the guest's image to load first, by name, dependencies resolved as `modprobe` does.
  public var modules: [String]
  /// How programs attach that libbpf can't attach by their section's name alone.
  public var attachments: [Attachment]
  public var workload: [WorkStep]
  public var observation: ObservationSource
  /// Slab caches whose objects are counted before and after (`task_struct`, `TCP`, …).
  public var watchedCaches: [String]
  /// Whether nothing is expected of the twin: it may lack the observed map or parameter, and
  /// ordinary work that fails is a result, armed or not.
  public var isUndeclared: Bool
  /// Module options, or variables of the object that are set before it is loaded.
  public var arguments: [Argument]
  /// What an application would choose before it loads the object; nil unless a user's own is tried.
  public var choices: LoadChoices?
  /// What is done instead of attaching and working; nil for an ordinary trial.
  public var test: ProgramTest?
  /// Whether other trials may follow in the same guest: then what the kernel frees late is waited
  /// for, whatever came of this one.
  public var isShared: Bool

  public struct Argument: Sendable, Equatable {
    public var name: String
    /// For a program's variable an integer in decimal.
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    scenario: String, mechanism: Mechanism, armed: Bool, unprivileged: Bool = false,
    inspected: Bool = false,
    objectName: String, objectSize: Int, modules: [String] = [],
    attachments: [Attachment] = [], workload: [WorkStep], observation: ObservationSource,
    watchedCaches: [String] = [], isUndeclared: Bool = false, arguments: [Argument] = [],
    choices: LoadChoices? = nil, test: ProgramTest? = nil, isShared: Bool = false
  ) {
    self.scenario = scenario
    self.mechanism = mechanism
    self.armed = armed
    self.unprivileged = unprivileged
    self.inspected = inspected
    self.objectName = objectName
    self.objectSize = objectSize
    self.modules = modules
    self.attachments = attachments
    self.workload = workload
    self.observation = observation
    self.watchedCaches = watchedCaches
    self.isUndeclared = isUndeclared
    self.arguments = arguments
    self.choices = choices
    self.test = test
    self.isShared = isShared
  }
}

/// How a program attaches if the name of its section alone doesn't tell libbpf. A scenario's file
/// uses the same words.
public struct Attachment: Codable, Sendable, Equatable {
  public var program: String
  public var to: Target
  /// The network device, for `tc-ingress`, `tc-egress` and `xdp`; nil for the loopback device.
  public var device: String?
  /// The map whose elements an `iterator` goes over; nil for an iterator that its section names.
  public var map: String?

  public init(program: String, to: Target, device: String? = nil, map: String? = nil) {
    self.program = program
    self.to = to
    self.device = device
    self.map = map
  }

  public enum Target: String, Codable, Sendable, CaseIterable {
    /// A traffic-control classifier.
    case tcIngress = "tc-ingress"
    case tcEgress = "tc-egress"
    /// In generic mode.
    case xdp
    /// On the root of the cgroup hierarchy.
    case cgroup
    /// On every datagram socket of ``WorkStep/packets(count:)``.
    case socketFilter = "socket-filter"
    /// The software event cpu-clock, once a millisecond on each CPU.
    case perfEvent = "perf-event"
    /// Read by ``WorkStep/iterate(times:)``.
    case iterator
    /// A program of the guest's network namespace: `sk_lookup`, `flow_dissector`.
    case networkNamespace = "netns"
    /// Not attached: run by ``WorkStep/trigger(times:)`` through BPF_PROG_TEST_RUN.
    case testRun = "test-run"
  }
}

/// One step of a workload, all in the worker process. A scenario's file has its own notation.
public enum WorkStep: Sendable, Equatable {
  /// A system call with harmless arguments, `times` times; from `processes` processes at once, each
  /// on its own CPU if there are enough, or from the worker itself if it is one.
  case systemCall(name: String, times: Int, callers: Int = 1)
  /// Create, write, read back and remove this many files of one page each, on a tmpfs.
  case files(count: Int)
  /// Send and receive this many UDP datagrams over the loopback device.
  case packets(count: Int)
  /// Open this many TCP connections over the loopback device, exchange a byte, close them.
  case connections(count: Int)
  /// Open this many TCP connections over the loopback device, and keep them open until
  /// ``WorkStep/release``, or the end after unloading.
  case held(count: Int)
  case release
  /// Start this many child processes that exit at once, and wait for them.
  case processes(count: Int)
  case sleep(milliseconds: Int)
  /// Send this many signals SIGUSR1 to a child, which takes each.
  case signals(count: Int)
  /// Start a process that writes 64 bytes of its memory to `/dev/null` this many times, and then
  /// checks that this memory is unchanged.
  case bystander(writes: Int)
  /// Read the program's iterators from beginning to end, or the module's file `/proc/<name>`, this
  /// many times.
  case iterate(times: Int)
  /// Trigger the twin this many times: the module by a write to its parameter `trigger`, the
  /// program by BPF_PROG_TEST_RUN.
  case trigger(times: Int)
  /// Trigger a crash point of the kernel's module LKDTM, which is the object, this many times.
  case crashPoint(name: String, times: Int)
  /// Have the guest's shell carry out one line.
  case shell(line: String)
  /// Read a little from every device and file that has appeared since before the twin was loaded, and
  /// write a little to it, this many times.
  case devices(times: Int)
  /// Unload the twin in the middle of the workload, so that the following steps run without it.
  case unload
}

/// Where the observation is read after the workload.
public enum ObservationSource: Sendable, Equatable {
  /// A parameter in `/sys/module/<name>/parameters/` or a global variable of the object, both of
  /// this name.
  case variable(String)
  /// The sum of all values in a map of the object; a module has a parameter of the same name.
  case map(String)
}
