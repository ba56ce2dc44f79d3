package import Verdicts
package import Wire

/// Turns what the agent said, message by message, into the facts that the judge weighs.
package struct AgentReport: Sendable {
  package private(set) var facts: [AgentFact] = []
  /// The line of `agent.jsonl` behind each fact, counted from 1.
  package private(set) var lines: [Int] = []
  package private(set) var observed: Int64?
  package private(set) var verifierLog: [UInt8] = []
  /// What the kernel compiled of an eBPF program.
  package private(set) var compiled = CompiledFrames()
  /// Bytes of verifier log that the agent said it would send.
  private var announced = 0

  private let objectName: String
  private var before: KernelState?
  private var failedChecks = 0
  private var unloaded = false

  /// From so many more objects of one cache on it is a leak. The counts are exact (the agent has
  /// the caches shrunk first), but the agent's own work may hold one or two.
  package static let leakThreshold: Int64 = 4

  package init(objectName: String) {
    self.objectName = objectName
  }

  package mutating func add(blob: [UInt8]) {
    verifierLog += blob
  }

  package mutating func add(_ message: AgentMessage, line: Int) {
    for fact in facts(of: message) {
      facts.append(fact)
      lines.append(line)
    }
  }

  private mutating func facts(of message: AgentMessage) -> [AgentFact] {
    switch message {
    case .hello, .heartbeat: return []
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
      // A log that is not whole may lack the very line that says why.
      guard verifierLog.count == announced else {
        return [
          .laboratoryFailed(
            "\(verifierLog.count) bytes of verifier log came, \(announced) were announced")
        ]
      }
      return failedChecks == 0 ? [.healthy, .finished] : [.finished]
    case .failed(let words): return [.laboratoryFailed(words)]
    }
  }

  private mutating func compare(_ moment: String, _ state: KernelState) -> [AgentFact] {
    guard let before else {
      before = state
      return []
    }
    var facts: [AgentFact] = []
    if state.taint != before.taint {
      facts.append(.tainted(before: before.taint, after: state.taint))
    }
    for cache in state.slabObjects.keys.sorted() {
      let more = state.slabObjects[cache, default: 0] - before.slabObjects[cache, default: 0]
      if more >= Self.leakThreshold {
        facts.append(.leftBehind(what: "\(cache) objects", count: more))
      }
    }
    // What is still loaded is left behind only where it was taken out.
    guard unloaded else { return facts }
    if state.modules.contains(objectName) {
      facts.append(.leftBehind(what: "module \(objectName)", count: 1))
    }
    let counts = [
      ("eBPF programs", state.programs - before.programs), ("eBPF maps", state.maps - before.maps),
      ("eBPF links", state.links - before.links),
    ]
    for (what, more) in counts where more > 0 {
      facts.append(.leftBehind(what: what, count: Int64(more)))
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
