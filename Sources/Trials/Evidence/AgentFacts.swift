// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Verdicts
package import Wire

/// Turns what the agent said, message by message, into the facts that the judge weighs.
package struct AgentFacts: Sendable {
  package private(set) var facts: [AgentFact] = []
  /// The line of `agent.jsonl` for each fact, counted from 1.
  package private(set) var lines: [Int] = []
  package private(set) var observed: Int64?
  /// The programs of a tried object, as the agent last reported them.
  package private(set) var programs: [ProgramState] = []
  /// The functions of a tried module, but for those that load and unload it.
  package private(set) var functions: [FunctionCalls] = []
  package private(set) var verifierLog: [UInt8] = []
  /// What the kernel compiled of an eBPF program.
  package private(set) var compiled = CompiledFrames()
  /// What bpftool printed, by name, in the order in which it came.
  package private(set) var tools: [(name: String, bytes: [UInt8])] = []
  /// The tool whose output the next blobs are, and how much of it is to come.
  private var toolBytes = 0
  /// Bytes of verifier log that the agent said it would send.
  private var announced = 0

  private let objectName: String
  private let entryPoints: Set<String>
  private(set) var before: KernelState?
  private(set) var after: KernelState?
  private var failedChecks = 0
  private var unloaded = false

  /// From this many more objects of one cache, it is a leak. The counts are exact (the agent has
  /// the caches shrunk first), but the agent's own work may hold one or two.
  package static let leakThreshold: Int64 = 4

  /// - Parameter entryPoints: the functions that load and unload a tried module.
  package init(objectName: String, entryPoints: Set<String> = []) {
    self.objectName = objectName
    self.entryPoints = entryPoints
  }

  package mutating func add(blob: [UInt8]) {
    guard toolBytes > 0, !tools.isEmpty else {
      verifierLog += blob
      return
    }
    tools[tools.count - 1].bytes += blob
    toolBytes -= blob.count
  }

  package mutating func add(_ message: AgentMessage, line: Int) {
    for fact in facts(of: message) {
      facts.append(fact)
      lines.append(line)
    }
  }

  private mutating func facts(of message: AgentMessage) -> [AgentFact] {
    switch message {
    case .hello, .heartbeat, .shellTaken, .shellEnded: return []
    case .toolOutput(let name, _, let size):
      tools.append((name, []))
      toolBytes = size
      return []
    case .verifierLog(let size):
      announced += size
      return []
    case .step(let name): return [.step(name)]
    case .refused(let refusal):
      return [
        .refused(Gate(refusal.gate), errno: refusal.errno, message: refusal.message)
      ]
    case .loaded: return [.loaded]
    case .compiled(let function):
      compiled.add(function)
      return []
    case .attached: return [.attached]
    case .programs(let states):
      let wereListed = !programs.isEmpty
      programs = wereListed ? states : states.map(Self.uncounted)
      return wereListed ? nothingRan(states) : []
    case .functions(let functions, let areAll):
      self.functions = functions.filter { !entryPoints.contains($0.name) }
      return areAll ? nothingCalled() : []
    case .observed(let value, let faults):
      observed = value
      return [.observed(value, faults: faults)]
    case .unloaded:
      unloaded = true
      return [.unloaded]
    case .unloadFailed(let code, let words): return [.unloadFailed(errno: code, message: words)]
    case .workerEnded(let status, let signal):
      return [.workerEnded(exitStatus: status, signal: signal)]
    case .state(let moment, let state): return compare(moment, state)
    case .health(let check, let detail?):
      failedChecks += 1
      return [
        check.hasSuffix("canary")
          ? .canaryChanged(detail) : .unhealthy(check: check, detail: detail)
      ]
    case .health: return []
    case .finished:
      // An incomplete log may lack exactly the line that says why.
      guard verifierLog.count == announced else {
        return [
          .laboratoryFailed(
            "\(verifierLog.count) bytes of verifier log came, \(announced) were announced")
        ]
      }
      // Unless someone checks what is left, nobody knows whether the kernel is intact.
      return failedChecks == 0 && after != nil ? [.healthy, .finished] : [.finished]
    case .failed(let words): return [.laboratoryFailed(words)]
    }
  }

  /// Before the workload: if no count comes after it, nobody knows what ran.
  private static func uncounted(_ state: ProgramState) -> ProgramState {
    guard state.isLoaded, state.ran == .no else { return state }
    var state = state
    (state.ran, state.runs) = (.unknown, nil)
    state.note = state.note ?? "the trial ended before its runs were counted"
    return state
  }

  /// - Returns: a fact if the kernel counted no run of any program.
  private func nothingRan(_ states: [ProgramState]) -> [AgentFact] {
    guard states.allSatisfy({ $0.ran == .no }) else { return [] }
    let words = states.prefix(4).map {
      "\($0.name) \($0.isLoaded ? "did not run" : "was not loaded")"
    }
    let rest = states.count > 4 ? ["and \(states.count - 4) more"] : []
    return [.nothingRan((words + rest).joined(separator: ", "))]
  }

  /// - Returns: a fact if the module has functions and none of them was called.
  private func nothingCalled() -> [AgentFact] {
    guard !functions.isEmpty, functions.allSatisfy({ $0.calls == 0 }) else { return [] }
    let names = functions.prefix(8).map(\.name)
    let rest = functions.count > 8 ? ["and \(functions.count - 8) more"] : []
    return [.nothingRan((names + rest).joined(separator: ", "))]
  }

  private mutating func compare(_ moment: String, _ state: KernelState) -> [AgentFact] {
    guard let before else {
      before = state
      return []
    }
    after = state
    var facts: [AgentFact] = []
    if state.taint != before.taint {
      facts.append(.tainted(before: before.taint, after: state.taint))
    }
    func compare(_ what: String, _ earlier: Int64, _ later: Int64, limit: Int64 = 1) {
      guard later.exceeds(earlier, by: limit) else { return }
      facts.append(.leftBehind(what: what, before: earlier, after: later))
    }
    for cache in state.slabObjects.keys.sorted() {
      compare(
        "\(cache) objects", before.slabObjects[cache, default: 0],
        state.slabObjects[cache, default: 0], limit: Self.leakThreshold)
    }
    // What is still loaded holds what it needs.
    guard unloaded else { return facts }
    if state.modules.contains(objectName) { compare("modules named \(objectName)", 0, 1) }
    compare("eBPF programs", Int64(before.programs), Int64(state.programs))
    compare("eBPF maps", Int64(before.maps), Int64(state.maps))
    compare("eBPF links", Int64(before.links), Int64(state.links))
    for growth in state.growth(since: before) {
      facts.append(
        .leftBehind(what: growth.what, before: growth.before, after: growth.after))
    }
    return facts
  }
}

extension Gate {
  fileprivate init(_ gate: Refusal.Gate) {
    self =
      switch gate {
      case .libbpf: .libbpf
      case .verifier: .verifier
      case .attach: .attach
      case .policy: .policy
      case .moduleLoader: .moduleLoader
      }
  }
}
