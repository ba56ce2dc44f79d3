// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
package import Record

/// Cuts a plan into parts.
///
/// By hash: a trial's part is decided by its own key alone, the name of its evidence folder. The first
/// eight bytes of the key's SHA-256, as a big-endian number, modulo the number of parts, plus 1. Adding
/// a scenario moves no other trial.
///
/// By an earlier run's times: the longest trial first, each to the part with the least to do. Which
/// part a trial is in then depends on all of the others.
package struct ShardCut: Sendable {
  package let choice: ShardChoice
  /// By key; nil to cut by hash.
  private let seconds: [String: Double]?

  /// - Throws: what keeps the earlier run from being read.
  package init(_ choice: ShardChoice) throws {
    self.choice = choice
    seconds = try choice.balance.map { Self.seconds(of: try RunDirectory.read($0)) }
  }

  /// What the times of the earlier run were, for a digest: a cut by others is another cut. Empty if
  /// the plan is cut by hash.
  package var basis: String {
    (seconds ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: "\n")
  }

  /// The part that is chosen, in the plan's order. It may be empty.
  package func part(of plan: [TrialID]) -> [TrialID] {
    let places = seconds.map { balanced(plan, by: $0) } ?? plan.map(hashed)
    return zip(plan, places).filter { $1 == choice.index - 1 }.map(\.0)
  }

  private func hashed(_ trial: TrialID) -> Int {
    let digits = Digest.of(trial.folderName).prefix(16)
    // A digest has nothing but hexadecimal digits.
    let number = UInt64(digits, radix: 16) ?? 0
    return Int(number % UInt64(choice.count))
  }

  private func balanced(_ plan: [TrialID], by seconds: [String: Double]) -> [Int] {
    let known = plan.compactMap { seconds[$0.folderName] }.sorted()
    // A trial that the earlier run didn't have is taken for one of medium length.
    let medium = known.isEmpty ? 1 : known[known.count / 2]
    let costs = plan.map { (key: $0.folderName, seconds: seconds[$0.folderName] ?? medium) }
    let order = plan.indices.sorted {
      (costs[$1].seconds, costs[$0].key) < (costs[$0].seconds, costs[$1].key)
    }
    var loads = LeastLoaded(choice.count)
    var places = [Int](repeating: 0, count: plan.count)
    for index in order { places[index] = loads.add(costs[index].seconds) }
    return places
  }

  /// A second look is made in the part of the trial that it looks at, so its time counts there.
  private static func seconds(of run: RunRecord) -> [String: Double] {
    var seconds: [String: Double] = [:]
    for trial in run.currentTrials { seconds[trial.id.folderName] = trial.seconds.total }
    for look in run.secondLooks {
      guard let second = look.second, !run.header.wholePlan.contains(look.id) else { continue }
      seconds[look.first.folderName, default: 0] += second.seconds.total
      seconds[look.id.folderName] = nil
    }
    return seconds
  }
}

/// Parts with what they have to do; of equal ones the first comes first.
private struct LeastLoaded {
  private var loads: [Double]

  init(_ count: Int) { loads = Array(repeating: 0, count: count) }

  /// Gives work to the part with the least, and says which it is.
  mutating func add(_ work: Double) -> Int {
    let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
    loads[least] += work
    return least
  }
}
