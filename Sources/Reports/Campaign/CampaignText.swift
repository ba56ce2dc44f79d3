// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A campaign's figures in sentences and cells; each report puts them into its own form.
enum CampaignText {
  typealias Figures = CampaignFigures

  static let effects: [(effect: Figures.Effect, word: String)] = [
    (.rejected, "rejected"), (.noEffect, "no effect"), (.wrongResult, "wrong result"),
    (.damaged, "damaged"), (.crashed, "crashed"), (.hung, "hung"), (.notRun, "not run"),
    (.skipped, "skipped"), (.inconclusive, "inconclusive"),
  ]

  static func answer(_ figures: Figures) -> String {
    let (bpf, lkm) = (figures.all.bpf, figures.all.lkm)
    guard bpf.judged + lkm.judged > 0 else {
      return "No mutant of this run was judged. \(unjudged(figures) ?? "")"
    }
    let words = [
      "Of \(counted(lkm.judged, "fault")) in modules, \(lkm.harm) harmed the kernel; of "
        + "\(bpf.judged) in programs, \(bpf[.rejected]) were rejected, and \(bpf.harm) harmed it.",
      harmful(figures), unjudged(figures),
    ]
    return words.compactMap(\.self).joined(separator: " ")
  }

  /// All sentences of a report.
  static func sentences(_ figures: Figures) -> [String] {
    [
      harmful(figures), harmless(figures), weighted(figures), rejections(figures),
      programs(figures), unjudged(figures),
    ].compactMap(\.self) + failedControls(figures)
  }

  /// What the programs came to whose modules do harm.
  static func harmful(_ figures: Figures) -> String {
    let paired = figures.harmfulModules
    guard paired.pairs > 0 else { return none(of: figures.harmlessModules, "harmed the kernel") }
    return beginning(paired, "harm the kernel", "harms the kernel")
      + " the eBPF twin was rejected in \(rate(paired.rejected)), "
      + "did no harm in \(rate(paired.harmless)), and harmed it in "
      + "\(rate(paired.harmed))."
  }

  /// The price of the proof.
  static func harmless(_ figures: Figures) -> String {
    let paired = figures.harmlessModules
    guard paired.pairs > 0 else { return none(of: figures.harmfulModules, "was harmless") }
    return beginning(paired, "do no harm", "does no harm")
      + " the eBPF twin was rejected in \(rate(paired.rejected)), "
      + "and harmed the kernel in \(rate(paired.harmed))."
  }

  private static func none(of others: Figures.Paired, _ what: String) -> String {
    others.pairs == 0
      ? "No pair was judged."
      : "Of \(counted(others.pairs, "judged pair")), no module \(what)."
  }

  private static func beginning(_ paired: Figures.Paired, _ many: String, _ one: String) -> String {
    let few = paired.bases < Resampling.fewest ? ", too few for intervals" : ""
    let verb = paired.pairs == 1 ? one : many
    return "Of \(counted(paired.pairs, "fault")) that \(verb) as a module "
      + "(\(counted(paired.bases, "scenario"))\(few)),"
  }

  /// What programs did that the verifier accepted.
  static func programs(_ figures: Figures) -> String {
    let bpf = figures.all.bpf
    guard bpf.accepted > 0 else { return "No accepted program was judged." }
    return bpf.harm == 0
      ? "Of \(counted(bpf.accepted, "accepted program")), none harmed the kernel."
      : "Of \(counted(bpf.accepted, "accepted program")), \(bpf.harm) harmed the kernel."
  }

  static func unjudged(_ figures: Figures) -> String? {
    guard figures.unjudged > 0 else { return nil }
    return "\(counted(figures.unjudged, "mutant")) that \(figures.unjudged == 1 ? "was" : "were") "
      + "to run \(figures.unjudged == 1 ? "has" : "have") no result yet, or no control."
  }

  static func failedControls(_ figures: Figures) -> [String] {
    figures.failedControls.sorted { $0.key < $1.key }.map { base, count in
      "\(base): \(counted(count, "mutant")) \(count == 1 ? "doesn't" : "don't") count, because the "
        + "control did not pass."
    }
  }

  static func weighted(_ figures: Figures) -> String? {
    guard let bpf = figures.weighted["bpf"], let lkm = figures.weighted["lkm"] else { return nil }
    func harm(_ rates: [String: Double]) -> Double {
      Figures.Effect.allCases.filter(\.isHarm).map { rates[$0.rawValue] ?? 0 }.reduce(0, +)
    }
    return "Weighted by the operators' shares in the field, which were not checked against the "
      + "study: of programs, \(percent(bpf["rejected"] ?? 0)) are rejected, and \(percent(harm(bpf))) harm the "
      + "kernel; of modules, \(percent(harm(lkm))) do."
  }

  static func rejections(_ figures: Figures) -> String? {
    guard figures.rejectedSomewhere > 0 else { return nil }
    return "Of \(counted(figures.rejectedSomewhere, "rejection")) with a line, "
      + "\(figures.rejectedElsewhere) \(figures.rejectedElsewhere == 1 ? "is" : "are") at another "
      + "line than the change."
  }

  /// `12.3 % [4.0, 20.1]`; `0.0 % [0.0, 30.8, exact]` if it is no bootstrap.
  static func rate(_ rate: Figures.Rate) -> String {
    guard let low = rate.low, let high = rate.high else { return percent(rate.share) }
    return "\(percent(rate.share)) [\(decimal(low * 100, 1)), \(decimal(high * 100, 1))"
      + (rate.method == .exact ? ", exact]" : "]")
  }

  static func percent(_ share: Double) -> String { "\(decimal(share * 100, 1)) %" }

  static func groups(_ figures: Figures) -> [(title: String, rows: [Figures.Row])] {
    [
      ("operator", figures.operators), ("family", figures.families), ("hook", figures.hooks),
      ("all", [figures.all]),
    ]
  }

  private static func counted(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}
