// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

extension CampaignFigures {
  /// One mutant and its trial.
  private struct Judged {
    var mutant: Campaign.Mutant
    var base: Campaign.Base
    var record: TrialRecord
    var effect: Effect
  }

  /// The figures of a run of the suite of mutants, by kernel; none of another run. The first profile's
  /// trials count.
  public static func all(of run: RunRecord) -> [CampaignFigures] {
    guard let campaign = run.header.suite?.campaign else { return [] }
    let current = run.currentTrials
    return run.header.kernels.map { kernel in
      let trials = current.filter {
        $0.id.kernel == kernel.name && $0.id.profile == run.header.profiles.first
          && $0.id.repetition == 1
      }
      return CampaignFigures(
        campaign, Dictionary(trials.map { ($0.id.scenario, $0) }, uniquingKeysWith: { $1 }),
        planned: Set(run.header.trials.filter { $0.kernel == kernel.name }.map(\.scenario)),
        kernel: kernel.name)
    }
  }

  private init(
    _ campaign: Campaign, _ records: [String: TrialRecord], planned: Set<String>, kernel: String
  ) {
    let bases = Dictionary(
      campaign.bases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    failedControls = [:]
    unjudged = 0
    var judged: [Judged] = []
    for mutant in campaign.mutants {
      guard let base = bases[mutant.base] else { continue }
      let control = records[base.control]
      guard let record = records[mutant.item], control != nil || !planned.contains(base.control)
      else {
        if planned.contains(mutant.item) { unjudged += 1 }
        continue
      }
      // A run of chosen items may have no control; its scenario says what that would have observed.
      guard control.map({ $0.outcome == .met }) ?? true else {
        failedControls[base.name, default: 0] += 1
        continue
      }
      judged.append(
        Judged(
          mutant: mutant, base: base, record: record,
          effect: Effect(record, control: control?.observed ?? record.expected.observation)))
    }
    self.kernel = kernel
    all = Self.rows(judged) { _ in "all" }.first ?? Row(name: "all")
    operators = Self.rows(judged, by: \.mutant.code)
    families = Self.rows(judged, by: \.base.family)
    hooks = Self.rows(judged, by: \.base.hook)
    weighted = Self.weighted(operators, campaign.fieldShares)
    let pairs = Self.pairs(judged)
    harmfulModules = Self.paired(pairs.filter { $0.module.effect.isHarm })
    harmlessModules = Self.paired(pairs.filter { !$0.module.effect.isHarm })
    singles = judged.count - 2 * pairs.count
    harmfulPrograms = judged.filter { $0.base.mechanism == .bpf && $0.effect.isHarm }
      .map(Self.finding)
    let placed = judged.filter {
      $0.base.mechanism == .bpf && $0.effect == .rejected && $0.record.verdict.source != nil
    }
    rejectedSomewhere = placed.count
    rejectedElsewhere = placed.count { $0.record.verdict.source?.line != $0.mutant.line }
    categories = [:]
    for one in judged where one.effect == .rejected && one.base.mechanism == .bpf {
      let name = one.record.verdict.category?.rawValue ?? "by \(one.record.verdict.by ?? "nobody")"
      categories[name, default: 0] += 1
    }
  }

  private static func rows(_ judged: [Judged], by name: (Judged) -> String) -> [Row] {
    var rows: [String: Row] = [:]
    for one in judged {
      let key = name(one)
      var row = rows[key] ?? Row(name: key)
      if one.base.mechanism == .bpf { row.bpf.add(one.effect) } else { row.lkm.add(one.effect) }
      rows[key] = row
    }
    return rows.values.sorted { $0.name < $1.name }
  }

  /// Each operator's rates, weighted by its share in the field among those operators that were judged.
  private static func weighted(
    _ rows: [Row], _ shares: [String: Double]
  ) -> [String: [String: Double]] {
    var result: [String: [String: Double]] = [:]
    for mechanism in [Mechanism.bpf, .lkm] {
      let known = rows.compactMap { row -> (Counts, Double)? in
        let counts = mechanism == .bpf ? row.bpf : row.lkm
        guard let share = shares[row.name], counts.judged > 0 else { return nil }
        return (counts, share)
      }
      let whole = known.map(\.1).reduce(0, +)
      guard whole > 0 else { continue }
      for effect in Effect.allCases where effect.isJudged {
        let parts = known.map { Double($0.0[effect]) / Double($0.0.judged) * $0.1 }
        result[mechanism.rawValue, default: [:]][effect.rawValue] = parts.reduce(0, +) / whole
      }
    }
    return result
  }

  // MARK: Pairs

  private struct Pair {
    var program: Judged
    var module: Judged
  }

  private static func pairs(_ judged: [Judged]) -> [Pair] {
    let byName = Dictionary(
      judged.map { ($0.mutant.name, $0) }, uniquingKeysWith: { first, _ in first })
    return judged.compactMap { one in
      guard one.base.mechanism == .bpf, one.effect.isJudged, let name = one.mutant.pair,
        let module = byName[name], module.effect.isJudged
      else { return nil }
      return Pair(program: one, module: module)
    }
  }

  private static func paired(_ pairs: [Pair]) -> Paired {
    var counts = Counts()
    for pair in pairs { counts.add(pair.program.effect) }
    let clusters = Dictionary(grouping: pairs, by: \.program.base.scenario)
      .sorted { $0.key < $1.key }.map(\.value)
    func rate(_ isHit: (Effect) -> Bool) -> Rate {
      Resampling.share(
        clusters.map { cluster in
          .init(hits: cluster.count { isHit($0.program.effect) }, size: cluster.count)
        })
    }
    return Paired(
      pairs: pairs.count, bases: clusters.count, counts: counts,
      rejected: rate { $0 == .rejected },
      harmless: rate { $0 == .noEffect || $0 == .wrongResult }, harmed: rate(\.isHarm))
  }

  private static func finding(_ one: Judged) -> Finding {
    Finding(
      name: one.mutant.name, line: one.mutant.line, before: one.mutant.before,
      after: one.mutant.after,
      says: one.record.verdict.title ?? one.record.verdict.ruling.rawValue)
  }
}
