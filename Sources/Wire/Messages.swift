/// The version of everything in this target. Both sides say theirs in their first message; where
/// they differ the trial is inconclusive.
public let wireVersion = 6

/// What the host tells the agent.
public enum HostMessage: Codable, Sendable, Equatable {
  /// First message after a start or a restore; answered with ``AgentMessage/hello``.
  case hello(version: Int)
  /// One trial. The object follows as a blob frame.
  case trial(TrialPlan)
  /// Do once more, before the trial, what was done before the guest was frozen: an emulating
  /// processor has its translations then. Answered with ``AgentMessage/finished``.
  case rehearse
  /// Run the guest's bpftool instead of a trial; answered with ``AgentMessage/toolOutput`` and
  /// ``AgentMessage/finished``.
  case tool(arguments: [String])
  /// Put a file where a shell finds it; ahead of ``shell(_:)``. Its bytes follow as blob frames.
  case file(path: String, size: Int, executable: Bool)
  /// Start a shell instead of a trial; answered with its output and ``AgentMessage/shellEnded(status:)``.
  case shell(ShellPlan)
  case shellSize(TerminalSize)
  /// So many more bytes of the shell's output have gone to where the user sees them.
  case shellTaken(bytes: Int)
  /// There will be no more input.
  case shellInputEnded
}

/// What one trial asks of the agent.
public struct TrialPlan: Codable, Sendable, Equatable {
  public enum Mechanism: String, Codable, Sendable {
    case bpf, lkm
  }

  public var scenario: String
  public var mechanism: Mechanism
  public var armed: Bool
  /// Whether the worker gives up root, with every capability, before it loads the twin.
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
  /// Whether nothing is expected of the twin: it need not have what is to be observed, and ordinary
  /// work that fails is a result whatever the arm.
  public var isTried: Bool
  /// Module options, or variables of the object that are set before it is loaded.
  public var arguments: [Argument]
  /// The one program of the object to load; nil for all that libbpf loads by itself.
  public var onlyProgram: String?
  /// What is done instead of attaching and working; nil for an ordinary trial.
  public var test: ProgramTest?

  public struct Argument: Codable, Sendable, Equatable {
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
    watchedCaches: [String] = [], isTried: Bool = false, arguments: [Argument] = [],
    onlyProgram: String? = nil, test: ProgramTest? = nil
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
    self.isTried = isTried
    self.arguments = arguments
    self.onlyProgram = onlyProgram
    self.test = test
  }
}

/// How one program of an object is attached, where its section does not say it all.
public enum Attachment: Codable, Sendable, Equatable {
  /// A traffic-control classifier on a device's ingress or egress.
  case trafficControl(program: String, device: String, ingress: Bool)
  /// An XDP program on a device, in generic mode.
  case xdp(program: String, device: String)
  /// A cgroup program on the root of the cgroup hierarchy.
  case cgroup(program: String)
  /// A socket filter on every datagram socket of ``WorkStep/packets(count:)``.
  case socketFilter(program: String)
  /// The software event cpu-clock, once a millisecond on each CPU.
  case perfEvent(program: String)
  /// An iterator over the elements of a map of the object, read by ``WorkStep/iterate(times:)``.
  case mapIterator(program: String, map: String)
  /// A program of the guest's network namespace: `sk_lookup`, `flow_dissector`.
  case networkNamespace(program: String)
  /// Not attached: run by ``WorkStep/trigger(times:)`` through BPF_PROG_TEST_RUN.
  case testRun(program: String)
}

/// One step of a workload, all in the worker process.
public enum WorkStep: Codable, Sendable, Equatable {
  /// A system call with arguments that do no harm, so many times; by so many processes at once, each
  /// on a CPU of its own as far as there are some, or by the worker itself where it is one.
  case systemCall(name: String, times: Int, callers: Int)
  /// Create, write, read back and remove so many files of one page each, on a tmpfs.
  case files(count: Int)
  /// Send and receive so many UDP datagrams over the loopback device.
  case packets(count: Int)
  /// Open so many TCP connections over the loopback device, exchange a byte, close them.
  case connections(count: Int)
  /// Open so many TCP connections over the loopback device, and keep them open until
  /// ``WorkStep/release`` or, behind the unloading, the end.
  case held(count: Int)
  case release
  /// Start so many child processes that end at once, and wait for them.
  case processes(count: Int)
  case sleep(milliseconds: Int)
  /// Send so many signals SIGUSR1 to a child, which takes each.
  case signals(count: Int)
  /// Start a process that writes 64 bytes of its memory to `/dev/null` so many times, and looks
  /// afterwards whether that memory is as it was.
  case bystander(writes: Int)
  /// Read the program's iterators from beginning to end so many times, or the module's file
  /// `/proc/<name>`.
  case iterate(times: Int)
  /// Set the twin off so many times: the module by a write to its parameter `trigger`, the program
  /// by BPF_PROG_TEST_RUN.
  case trigger(times: Int)
  /// Set off a crash point of the kernel's module LKDTM, which is the object, so many times.
  case crashPoint(name: String, times: Int)
  /// Take the twin out in the middle of the workload, so that the steps behind it run without it.
  case unload
}

/// Where the observation is read after the workload.
public enum ObservationSource: Codable, Sendable, Equatable {
  /// A parameter in `/sys/module/<name>/parameters/` or a global variable of the object, both of
  /// this name.
  case variable(String)
  /// The sum of all values in a map of the object; a module has a parameter of the same name.
  case map(String)
}

/// What the agent tells the host.
public enum AgentMessage: Codable, Sendable, Equatable {
  /// The guest is up and ready for one trial.
  case hello(version: Int, kernelRelease: String)
  /// At least every quarter of a second while a trial is under way.
  ///
  /// `processState`: the letter that proc(5) gives the process that takes the step: the examiner in
  /// `health`, else the worker.
  ///
  /// `ticks`: for each processor how many interrupts its timer has brought it; only where there are
  /// several. One that stands still is idle, or a processor that no interrupt reaches.
  case heartbeat(
    uptimeMilliseconds: UInt64, step: String?, processState: String?, ticks: [UInt64]? = nil)
  case step(String)
  case refused(Refusal)
  /// The verifier's log; `size` bytes of it follow as blob frames, the last one short or empty.
  case verifierLog(size: Int)
  case loaded
  /// Behind ``loaded``: one function of an eBPF program as the kernel's JIT compiled it.
  case compiled(CompiledFunction)
  case attached
  /// `faults`: the twin's own count of faulty operations that ran to their end.
  case observed(value: Int64, faults: Int64?)
  case unloaded
  case unloadFailed(errno: Int32, message: String)
  case workerEnded(exitStatus: Int32?, signal: Int32?)
  /// The kernel's state, `moment` being `before` or `after`.
  case state(moment: String, KernelState)
  /// One check of ordinary work after the trial; `detail` is nil where it passed.
  case health(check: String, detail: String?)
  case finished
  /// What a tool printed; `size` bytes of it follow as blob frames, the last one short or empty.
  /// `status` is its exit status, 128 + n where signal n ended it.
  case toolOutput(name: String, status: Int32, size: Int)
  /// So many more bytes of the input have gone to the shell.
  case shellTaken(bytes: Int)
  /// The shell's exit status, behind all its output; 128 + n where signal n ended it.
  case shellEnded(status: Int32)
  /// The agent itself could not do its work; the trial is inconclusive.
  case failed(String)
}

/// Where the instructions of one compiled function come from. Its frames in back traces are
/// `bpf_prog_<tag>_<name>+0x<offset>`.
public struct CompiledFunction: Codable, Sendable, Equatable {
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

/// Who refused a twin, and in which words.
public struct Refusal: Codable, Sendable, Equatable {
  public enum Gate: String, Codable, Sendable {
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
public struct KernelState: Codable, Sendable, Equatable {
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
  /// By the raw value of ``KernelFigure``; what this kernel doesn't tell is left out.
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
