// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Record
import Wire

/// Turns what a trial's runner sees into news, if anybody follows.
struct NewsDesk {
  /// Of one trial's console, in bytes. The evidence has all of it.
  private static let longestConsole = 128 << 10
  /// Of the verifier's log at either end, in bytes.
  private static let longestLogEnd = 48 << 10

  private let consolePath: String
  private let follow: (@Sendable (TrialNews) -> Void)?
  private var told = 0
  private var isSuspect = false

  init(console: String, follow: (@Sendable (TrialNews) -> Void)?) {
    consolePath = console
    self.follow = follow
  }

  func tell(_ news: TrialNews) { follow?(news) }

  mutating func tell(_ message: AgentMessage) {
    isSuspect = false
    switch message {
    case .step(let name) where name.hasPrefix("workload: "):
      tell(.said("failed: " + name.dropFirst("workload: ".count)))
    case .step(let name): tell(TrialNews.step(name))
    case .loaded: tell(.said("loaded"))
    case .attached: tell(.said("attached"))
    case .refused(let refusal): tell(.said("rejected by \(refusal.gate.rawValue)"))
    case .observed(let value, _): tell(.said("observed \(value)"))
    case .unloaded: tell(.said("unloaded"))
    case .unloadFailed: tell(.said("can't be unloaded"))
    case .workerEnded(_, let signal?): tell(.said("worker killed by signal \(signal)"))
    default: break
    }
  }

  mutating func suspect() {
    guard !isSuspect else { return }
    isSuspect = true
    tell(.suspected)
  }

  /// Passes on what has arrived on the console since the last time.
  ///
  /// - Parameter count: how many bytes it has had so far.
  mutating func look(at count: Int) {
    guard follow != nil, told < min(count, Self.longestConsole) else { return }
    let bytes: [UInt8]
    do {
      bytes = try Files.read(consolePath, from: told, upTo: Self.longestConsole - told)
    } catch {
      // A picture is missing, no evidence; and the next look may succeed.
      return
    }
    told += bytes.count
    if !bytes.isEmpty { tell(.console(String(decoding: bytes, as: UTF8.self))) }
  }

  /// Passes on the rest, after the guest has ended.
  mutating func finish(verifierLog log: [UInt8]) {
    guard follow != nil else { return }
    look(at: .max)
    guard !log.isEmpty else { return }
    let end = Self.longestLogEnd
    guard log.count > 2 * end else { return tell(.verifier(String(decoding: log, as: UTF8.self))) }
    let whole = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var head = 0
    var tail = 0
    let first = whole.prefix {
      head += $0.count + 1
      return head < end
    }
    let last = whole.reversed().prefix {
      tail += $0.count + 1
      return tail < end
    }.reversed()
    let left = whole.count - first.count - last.count
    let lines =
      first.map { String(decoding: $0, as: UTF8.self) }
      + ["[\(left) lines are left out here]"]
      + last.map { String(decoding: $0, as: UTF8.self) }
    tell(.verifier(lines.joined(separator: "\n")))
  }
}
