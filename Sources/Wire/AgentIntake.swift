// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Checks what one agent sends: bytes in, messages and announced bytes out, until something breaks a
/// rule. Nothing after that is believed.
///
/// The rules are those of ``Bounds``, and that nothing arrives that was not requested. It knows the
/// host's requests (``said(_:)``); it does no I/O and has no clock.
public struct AgentIntake: Sendable {
  public enum Item: Sendable, Equatable {
    case message(AgentMessage)
    /// Bytes of the verifier's log or of a tool's output, as announced, or of the shell's output.
    case blob([UInt8])
  }

  /// What the agent is doing on the host's request.
  private enum Work: Sendable {
    /// Greetings and rehearsals.
    case nothing
    case trial(TrialPlan)
    case tool
    /// `ahead`: output that the host has not said it has taken. `owed`: input that the agent has not
    /// said it has passed on.
    case shell(ahead: Int, owed: Int)
  }

  private var decoder = FrameDecoder()
  private var work = Work.nothing
  private var began = 0.0
  private var messages = 0
  private var messageBytes = 0
  private var verifierBytes = 0
  private var toolBytes = 0
  /// How many of the announced bytes are still to come.
  private var due = 0
  private var tools: Set<String> = []
  /// The messages that come once in a trial, and have.
  private var heard: Set<String> = []
  private var isBroken = false

  public init() {}

  /// What the host says to the agent; to be called before it is sent.
  ///
  /// - Parameter now: seconds since whatever moment ``take(_:now:)`` counts from.
  public mutating func said(_ message: HostMessage, now: Double) {
    switch message {
    case .trial(let plan): begin(.trial(plan), now)
    case .tool: begin(.tool, now)
    case .shell: begin(.shell(ahead: 0, owed: 0), now)
    case .shellTaken(let bytes):
      guard case .shell(let ahead, let owed) = work else { return }
      work = .shell(ahead: max(0, ahead - bytes), owed: owed)
    case .hello, .rehearse, .file, .shellSize, .shellInputEnded: break
    }
  }

  /// Bytes that the host sends: to a shell they are input.
  public mutating func sent(blob count: Int) {
    guard case .shell(let ahead, let owed) = work else { return }
    work = .shell(ahead: ahead, owed: owed + count)
  }

  private mutating func begin(_ new: Work, _ now: Double) {
    let decoder = decoder
    let isBroken = isBroken
    self = AgentIntake()
    (self.decoder, self.isBroken, work, began) = (decoder, isBroken, new, now)
  }

  /// - Returns: what came, each with the size of its payload in bytes, and the first rule that was
  ///   broken. Whole frames before that are still delivered.
  public mutating func take(
    _ bytes: some Collection<UInt8>, now: Double
  ) -> (items: [(Item, size: Int)], broken: WireError?) {
    guard !isBroken else { return ([], nil) }
    decoder.append(bytes)
    var items: [(Item, size: Int)] = []
    do throws(WireError) {
      while let frame = try decoder.next() {
        let size = frame.payload.count
        try count(frame, now: now)
        switch frame {
        case .blob(let bytes):
          try accept(blob: size)
          items.append((.blob(bytes), size))
        case .message:
          let message = try AgentMessage(frame)
          try accept(message)
          items.append((.message(message), size))
        }
      }
    } catch {
      isBroken = true
      decoder = FrameDecoder()
      return (items, error)
    }
    return (items, nil)
  }

  /// A shell lives as long as its user likes, and its bytes wait for their reader; everything else
  /// ends.
  private mutating func count(_ frame: WireFrame, now: Double) throws(WireError) {
    if case .shell = work { return }
    messages += 1
    if case .message(let bytes) = frame { messageBytes += bytes.count }
    let allowed = Double(Bounds.messages) + max(0, now - began) * Bounds.messagesPerSecond
    guard Double(messages) <= allowed else {
      throw .tooMuch("more than \(Bounds.messages) messages of one trial")
    }
    guard messageBytes <= Bounds.messageBytes else {
      throw .tooMuch("more than \(Bounds.messageBytes) bytes of messages of one trial")
    }
  }

  private mutating func accept(blob size: Int) throws(WireError) {
    if case .shell(let ahead, let owed) = work {
      guard ahead + size <= ShellPlan.window else {
        throw .tooMuch("more of the shell's output than the host has room for")
      }
      work = .shell(ahead: ahead + size, owed: owed)
      return
    }
    // All but the last are as large as a frame may be.
    guard size == min(due, WireFrame.largestPayload) else {
      throw .unexpected("\(size) bytes, where \(due) were announced and to come")
    }
    due -= size
  }

  private mutating func accept(_ message: AgentMessage) throws(WireError) {
    switch message {
    case .loaded: try once("loaded")
    case .attached: try once("attached")
    case .observed: try once("observed")
    case .unloaded: try once("unloaded")
    case .refused: try once("refused")
    case .state(let moment, _):
      guard moment == "before" || moment == "after" else {
        throw .unexpected("the kernel's state at no known moment")
      }
      try once("state \(moment)")
    case .programs:
      guard case .trial(let plan) = work, plan.choices != nil else {
        throw .unexpected("a list of programs that nobody asked for")
      }
      // Once before the workload, once after it.
      try once(heard.contains("programs") ? "programs after the workload" : "programs")
    case .functions(let functions, _):
      guard case .trial(let plan) = work, plan.isUndeclared, plan.mechanism == .lkm else {
        throw .unexpected("a list of functions that nobody asked for")
      }
      guard functions.count <= FunctionCalls.most else {
        throw .tooMuch("more than \(FunctionCalls.most) functions")
      }
      try once("functions")
    case .verifierLog(let size):
      guard case .trial = work else { throw .unexpected("a verifier's log without a trial") }
      verifierBytes += size
      guard verifierBytes <= Bounds.verifierLog else {
        throw .tooMuch("more than \(Bounds.verifierLog) bytes of verifier's log")
      }
      try announce(size)
    case .toolOutput(let name, _, let size): try accept(output: name, size)
    case .shellTaken(let bytes):
      guard case .shell(let ahead, let owed) = work, bytes <= owed else {
        throw .unexpected("more of the shell's input was taken than there was")
      }
      work = .shell(ahead: ahead, owed: owed - bytes)
    case .shellEnded:
      guard case .shell = work else { throw .unexpected("a shell's end without a shell") }
    case .hello, .heartbeat, .step, .compiled, .unloadFailed, .workerEnded, .health, .finished,
      .failed:
      break
    }
  }

  private mutating func once(_ name: String) throws(WireError) {
    guard case .trial = work else { throw .unexpected("'\(name)' without a trial") }
    guard heard.insert(name).inserted else { throw .unexpected("'\(name)' for the second time") }
  }

  private mutating func accept(output name: String, _ size: Int) throws(WireError) {
    let isAskedFor =
      switch work {
      case .trial(let plan):
        plan.inspected && ToolOutput.isOfInspection(name)
          || plan.test?.showsRewritten == true && name == ToolOutput.rewritten
      case .tool: name == ToolOutput.tool
      case .nothing, .shell: false
      }
    guard isAskedFor else { throw .unexpected("a tool's output that nobody asked for") }
    guard tools.insert(name).inserted else {
      throw .unexpected("a tool's output for the second time")
    }
    toolBytes += size
    guard tools.count <= Bounds.toolOutputs, toolBytes <= Bounds.toolBytes else {
      throw .tooMuch("more of tools' outputs than \(Bounds.toolBytes) bytes")
    }
    try announce(size)
  }

  private mutating func announce(_ size: Int) throws(WireError) {
    guard due == 0 else { throw .unexpected("a second announcement, with \(due) bytes to come") }
    due = size
  }
}

/// The names of what tools print, which are files among a trial's evidence.
public enum ToolOutput {
  /// What bpftool sees of a program while it is loaded, as text and as JSON.
  public static let text = "bpftool.txt"
  public static let json = "bpftool.json"
  /// A program's instructions as the verifier has rewritten them.
  public static let rewritten = "xlated.txt"
  /// bpftool's answer if it is run instead of a trial.
  public static let tool = "bpftool"

  /// A function's machine code. Several of one name, static ones of several programs, are numbered.
  public static func machineCode(of function: String, number: Int = 1) -> String {
    "jited-\(function)\(number > 1 ? "-\(number)" : "").bin"
  }

  /// The function whose machine code it is; nil for everything else.
  public static func function(ofMachineCode name: String) -> String? {
    guard name.hasPrefix("jited-"), name.hasSuffix(".bin"), name.utf8.count > 10 else { return nil }
    let parts = name.dropFirst(6).dropLast(4).split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy(isIdentifier) else { return nil }
    if parts.count == 2, Int(parts[1]).map({ $0 > 1 }) != true { return nil }
    return String(parts[0])
  }

  static func isOfInspection(_ name: String) -> Bool {
    name == text || name == json || function(ofMachineCode: name) != nil
  }

  /// In C, or with the compiler's suffix: `count.isra.0`.
  private static func isIdentifier(_ text: Substring) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isPlain && !text.isEmpty && text.first != "." && text.utf8.count <= 128
  }
}
