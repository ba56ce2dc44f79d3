// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// The process that loads the twin. A fault in its context kills it, and nothing else.
struct WorkerProcess: ~Copyable {
  private let library: ModuleLibrary
  var channel: BlockingChannel
  /// The ends of the connections that the workload holds open.
  private var held: [Int32] = []
  /// Of a module of which nothing is expected, while it is loaded.
  private var trace: FunctionTrace?

  static func run() throws {
    var worker = WorkerProcess(
      library: try ModuleLibrary(), channel: BlockingChannel(Child.socket))
    try WarmUp.worker()
    try worker.channel.send(WorkerSignals.finished)
    try worker.serve()
  }

  private init(library: consuming ModuleLibrary, channel: BlockingChannel) {
    self.library = library
    self.channel = channel
  }

  private mutating func serve() throws {
    while let frame = try channel.next() {
      let message = try HostMessage(frame)
      if case .tool(let arguments) = message {
        do {
          try tell(try GuestTool.bpftool(arguments), of: ToolOutput.tool)
        } catch {
          try channel.send(.failed("\(error)"))
        }
        try channel.send(WorkerSignals.finished)
        continue
      }
      if case .rehearse = message {
        try WarmUp.worker()
        try channel.send(WorkerSignals.finished)
        continue
      }
      guard case .trial(let plan) = message else { continue }
      var object: [UInt8] = []
      object.reserveCapacity(plan.objectSize)
      while object.count < plan.objectSize {
        guard let piece = try channel.next() else { return }
        object.append(contentsOf: piece.payload)
      }
      do {
        try perform(plan, object)
      } catch let refusal as LoadRefusal {
        try tell(refusal)
      } catch {
        try channel.send(.failed("\(error)"))
      }
      // Of a trial that ended early; the next one must not meet it.
      release()
      if let trace = trace.take() {
        do { try trace.end() } catch { try channel.send(.failed("\(error)")) }
      }
      try channel.send(WorkerSignals.finished)
    }
  }

  private mutating func perform(_ plan: TrialPlan, _ object: [UInt8]) throws {
    if let test = plan.test { return try perform(test, of: object, name: plan.objectName) }
    var twin: Twin?
    let touches = plan.workload.contains { if case .devices = $0 { true } else { false } }
    let files = touches ? NewFiles() : nil
    if plan.mechanism == .lkm, plan.isUndeclared, !plan.unprivileged {
      trace = traceFunctions(ofModule: plan.objectName)
    }
    switch plan.mechanism {
    case .lkm: twin = try loadModule(plan, object)
    case .bpf: twin = try loadProgram(plan, object)
    }
    try channel.send(.attached)

    try channel.send(.step("workload"))
    var observation: Observation?
    var filter = twin!.socketFilter()
    for step in plan.workload {
      switch step {
      case .unload:
        guard twin != nil else { continue }
        observation = try observe(twin!, plan)
        filter = nil
        try unload(&twin)
        try channel.send(.step("workload"))
      case .trigger(let times):
        guard twin != nil else {
          throw SystemError("the workload triggers a twin that it has unloaded", errno: 0)
        }
        do throws(SystemError) {
          try twin!.trigger(times: times)
        } catch {
          try judge(error, tolerated: plan.isUndeclared)
        }
      case .iterate(let times):
        guard twin != nil else {
          throw SystemError("the workload iterates over a twin that it has unloaded", errno: 0)
        }
        do throws(SystemError) {
          try twin!.iterate(times: times)
        } catch {
          try judge(error, tolerated: plan.isUndeclared)
        }
      case .devices(let times):
        for line in files?.touch(times: times) ?? [] { try channel.send(.step("note: \(line)")) }
      case .crashPoint(let name, let times): try CrashPoints.setOff(name, times: times)
      default:
        try work(step, socketFilter: filter, tolerated: plan.armed || plan.isUndeclared)
      }
    }

    try channel.send(.step("observe"))
    if twin != nil { observation = try observe(twin!, plan) }
    if let observation {
      try channel.send(.observed(value: observation.value, faults: observation.faults))
    }
    if twin != nil { try unload(&twin) }
    release()
  }

  private mutating func observe(
    _ twin: borrowing Twin, _ plan: TrialPlan
  ) throws -> Observation? {
    if let trace = trace.take() {
      let (counts, areAll) = try trace.calls()
      try trace.end()
      let called = counts.map { FunctionCalls(name: $0.key, calls: $0.value) }
        .sorted { ($1.calls, $0.name) < ($0.calls, $1.name) }
      try channel.send(
        .functions(
          Array(called.prefix(FunctionCalls.most)),
          areAll: areAll && called.count <= FunctionCalls.most))
    }
    if plan.choices != nil, let states = twin.programStates() {
      try channel.send(.programs(states))
    }
    if plan.isUndeclared { return twin.observeIfAny(plan.observation) }
    return try twin.observe(plan.observation)
  }

  /// Nil if this kernel has no function tracer: then it stays unknown what is called.
  private func traceFunctions(ofModule name: String) -> FunctionTrace? {
    do {
      return try FunctionTrace(ofModule: name)
    } catch {
      return nil
    }
  }

  /// Does a step of ordinary work. If it fails with an armed twin, that is a result, and reported;
  /// with a disarmed one from which something is expected, nothing may fail.
  private mutating func work(_ step: WorkStep, socketFilter: Int32?, tolerated: Bool) throws {
    do throws(SystemError) {
      switch step {
      case .held(let count): held += try Loopback.hold(count)
      case .release: release()
      default: try Workload.perform(step, socketFilter: socketFilter)
      }
    } catch {
      try judge(error, tolerated: tolerated)
    }
  }

  private mutating func release() {
    for end in held { close(end) }
    held = []
  }

  private func judge(_ failure: SystemError, tolerated: Bool) throws {
    guard tolerated else { throw failure }
    try tellOfFailedWork(failure)
  }

  private func tellOfFailedWork(_ error: SystemError) throws {
    try channel.send(.step("workload: \(error)"))
    if error.operation == Workload.bystanderChanged {
      try channel.send(.health(check: "bystander-canary", detail: "the bystander's page"))
    }
  }

  private func loadModule(_ plan: TrialPlan, _ object: [UInt8]) throws -> Twin {
    try channel.send(.step("load"))
    let options =
      (plan.armed ? ["armed=1"] : []) + plan.arguments.map { "\($0.name)=\($0.value)" }
    let module = try KernelModule(
      inserting: object, name: plan.objectName, options: options.joined(separator: " "),
      through: library, unprivileged: plan.unprivileged)
    try channel.send(.loaded)
    return .module(module)
  }

  private func loadProgram(_ plan: TrialPlan, _ object: [UInt8]) throws -> Twin {
    try channel.send(.step("load"))
    if plan.unprivileged { try dropPrivileges() }
    var notes: [String] = []
    var program = try ProgramObject.loading(
      object, name: plan.objectName, armed: plan.armed,
      variables: plan.arguments.map { ($0.name, $0.value) }
    ) { object throws(LoadRefusal) in
      guard let choices = plan.choices else { return }
      try object.prepare(choices, plan.attachments)
      notes = object.completeAsOtherLoaders()
    }
    for note in notes { try channel.send(.step("note: \(note)")) }
    try channel.send(.loaded)
    for function in program.compiledFunctions() {
      try channel.send(
        .compiled(
          CompiledFunction(
            name: function.name, size: function.size, files: function.files,
            lines: function.lines.flatMap { [$0.offset, $0.file, $0.number] })))
    }
    if plan.inspected { try inspect(program) }
    if let choices = plan.choices {
      try attach(&program, plan.attachments, choices)
    } else {
      try channel.send(.step("attach"))
      try program.attach(plan.attachments)
    }
    return .program(program)
  }

  /// Attaches a user's own programs, and runs once what attaches nowhere.
  private func attach(
    _ program: inout ProgramObject, _ attachments: [Attachment], _ choices: LoadChoices
  ) throws {
    program.removesPins = true
    // Without its count it stays unknown how often programs ran; nothing else is lost.
    if let failure = program.countRuns() { try channel.send(.step("note: \(failure)")) }
    try program.fill(choices.maps)
    try channel.send(.step("attach"))
    let known = CongestionControl.names()
    try program.attach(attachments, hooks: choices.hooks)
    try program.useCongestionControl(unlike: known)
    let filled = program.fillTailCalls()
    if !filled.isEmpty {
      try channel.send(
        .step(
          "note: programs were put into the map of programs: --map \(filled.joined(separator: ","))"
        ))
    }
    try channel.send(.programs(program.states()))
    try channel.send(.step("test run"))
    program.runIdlePrograms()
  }

  private func unload(_ twin: inout Twin?) throws {
    try channel.send(.step("unload"))
    guard let leaving = twin.take() else { return }
    do throws(SystemError) {
      try leaving.unload()
    } catch {
      return try channel.send(.unloadFailed(errno: error.errno, message: "\(error)"))
    }
    try channel.send(.unloaded)
  }

  private func tell(_ refusal: LoadRefusal) throws {
    let gate: Refusal.Gate =
      switch refusal.gate {
      case .libbpf: .libbpf
      case .verifier: .verifier
      case .attach: .attach
      case .policy: .policy
      case .moduleLoader: .moduleLoader
      }
    try channel.send(
      .refused(Refusal(gate: gate, errno: refusal.errno, message: refusal.message)))
    try tell(verifierLog: refusal.verifierLog)
  }

  func tell(verifierLog: [UInt8]) throws {
    guard !verifierLog.isEmpty else { return }
    try channel.send(.verifierLog(size: verifierLog.count))
    try sendBlob(verifierLog)
  }

  func tell(_ output: GuestTool.Output, of name: String) throws {
    try channel.send(
      .toolOutput(name: name, status: output.status, size: output.bytes.count))
    try sendBlob(output.bytes)
  }

  /// What bpftool shows of the programs and their maps while they are loaded, once as text and once
  /// as JSON; and the JIT's machine code, one file per function. If a kernel shows bpftool less
  /// than it asks for, that shows in the exit status, and is not a failure.
  private func inspect(_ program: borrowing ProgramObject) throws {
    try channel.send(.step("inspect"))
    let batch = "/tmp/bpftool-batch"
    // A batch ends at the first command that fails.
    let commands =
      ["version", "prog show", "map show"]
      + program.ids.map { "prog dump xlated id \($0) linum" }
    try put(Array((commands.joined(separator: "\n") + "\n").utf8), into: batch, creating: true)
    try tell(try GuestTool.bpftool(["batch", "file", batch]), of: ToolOutput.text)
    try tell(try GuestTool.bpftool(["-j", "batch", "file", batch]), of: ToolOutput.json)
    unlink(batch)
    var numbers: [String: Int] = [:]
    for code in program.machineCode() {
      numbers[code.function, default: 0] += 1
      let name = ToolOutput.machineCode(
        of: code.function, number: numbers[code.function, default: 1])
      try tell(.init(status: 0, bytes: code.bytes), of: name)
    }
  }

  func sendBlob(_ bytes: [UInt8]) throws {
    for frame in WireFrame.blobs(bytes) { try channel.send(frame) }
    if !bytes.isEmpty, bytes.count.isMultiple(of: WireFrame.largestPayload) {
      try channel.send(.blob([]))
    }
  }
}
