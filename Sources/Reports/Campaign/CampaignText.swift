// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A campaign's figures in sentences and cells; each report puts them into its own form.
enum CampaignText {
  typealias Figures = CampaignFigures

  static let effects: [(effect: Figures.Effect, word: String)] = [
    (.rejected, "rejected"), (.contained, "contained"), (.noEffect, "no effect"),
    (.wrongResult, "wrong result"), (.damaged, "damaged"), (.crashed, "crashed"), (.hung, "hung"),
    (.inconclusive, "inconclusive"),
  ]

  static func answer(_ figures: Figures) -> String {
    let (bpf, lkm) = (figures.all.bpf, figures.all.lkm)
    guard bpf.judged + lkm.judged > 0 else { return "No mutant of this run was judged." }
    return "Of \(lkm.judged) faults in modules, \(lkm.harm) harmed the kernel; of \(bpf.judged) in "
      + "programs, the kernel rejected \(bpf[.rejected]), and \(bpf.harm) harmed it. "
      + harmful(figures)
  }

  /// What the programs came to whose modules do harm.
  static func harmful(_ figures: Figures) -> String {
    let paired = figures.harmfulModules
    guard paired.pairs > 0 else { return "No pair's module harmed the kernel." }
    return "Of \(counted(paired.pairs, "fault")) that harm the kernel as a module "
      + "(\(counted(paired.bases, "scenario"))), the eBPF twin was rejected in "
      + "\(rate(paired.rejected)), contained in \(rate(paired.contained)), did no harm in "
      + "\(rate(paired.harmless)), and harmed it in \(rate(paired.harmed))."
  }

  /// The price of the proof.
  static func harmless(_ figures: Figures) -> String {
    let paired = figures.harmlessModules
    guard paired.pairs > 0 else { return "No pair's module was harmless." }
    return "Of \(counted(paired.pairs, "fault")) that do no harm as a module "
      + "(\(counted(paired.bases, "scenario"))), the eBPF twin was rejected in "
      + "\(rate(paired.rejected)), and harmed the kernel in \(rate(paired.harmed))."
  }

  static func weighted(_ figures: Figures) -> String? {
    guard let bpf = figures.weighted["bpf"], let lkm = figures.weighted["lkm"] else { return nil }
    func harm(_ rates: [String: Double]) -> Double {
      Figures.Effect.allCases.filter(\.isHarm).map { rates[$0.rawValue] ?? 0 }.reduce(0, +)
    }
    return "Weighted by the operators' shares in the field: of programs, "
      + "\(percent(bpf["rejected"] ?? 0)) are rejected, and \(percent(harm(bpf))) harm the kernel; "
      + "of modules, \(percent(harm(lkm))) do."
  }

  static func rejections(_ figures: Figures) -> String? {
    guard figures.rejectedSomewhere > 0 else { return nil }
    return "Of \(figures.rejectedSomewhere) rejections with a line, \(figures.rejectedElsewhere) "
      + "are at another line than the change."
  }

  /// `12.3 % [4.0, 20.1]`.
  static func rate(_ rate: Figures.Rate) -> String {
    "\(percent(rate.share)) [\(decimal(rate.low * 100, 1)), \(decimal(rate.high * 100, 1))]"
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
