// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
import Verdicts

/// The page `docs/catalogue.md`.
public enum CatalogueReport {
  public static func render(_ scenarios: [Scenario], _ types: CrashTypes) -> String {
    var page = """
      # The catalogue

      \(scenarios.count) pairs. Made of the files in `scenarios/` and of `docs/lkdtm.yaml` by
      `./panicroom list --format markdown > docs/catalogue.md`; a test fails if it is stale.

      The expected verdicts are what theory says about the armed twins on the profile `stock`, and on
      `sensitive` if the scenario says that this differs. `./panicroom show NAME` says why. *Chance* is
      the share of repeated trials that must agree, for faults that show only now and then.


      """
    for family in Scenario.Family.allCases {
      let own = scenarios.filter { $0.family == family }
      guard !own.isEmpty else { continue }
      page += "## \(heading(family))\n\n"
      page += table(
        ["scenario", "title", "weakness", "hook", "eBPF", "module", "chance", "mirrors"],
        own.map(row))
    }
    page += """
      ## LKDTM's crash types

      The kernel's own test module (`drivers/misc/lkdtm`) provokes \(types.entries.count) kinds of crashes;
      the list is that of \(types.source). Each has a pair here, or a word on why not.


      """
    page += table(
      ["type", "pair, or why there is none"],
      types.entries.map { entry in
        let names = entry.scenarios.map { "`\($0)`" }.joined(separator: ", ")
        return ["`\(entry.name)`", entry.reason ?? names]
      })
    while page.hasSuffix("\n\n") { page.removeLast() }
    return page
  }

  private static func heading(_ family: Scenario.Family) -> String {
    switch family {
    case .memory: "Memory"
    case .control: "Control and termination"
    case .locks: "Locks and context"
    case .lifetime: "Lifetime and resources"
    case .contract: "Contract"
    case .limits: "Where the promise ends"
    }
  }

  private static func row(_ scenario: Scenario) -> [String] {
    let hook = scenario.hook
    return [
      "`\(scenario.name)`", scenario.title, scenario.weakness,
      hook.bpf == hook.lkm ? hook.bpf : "\(hook.bpf); \(hook.lkm)",
      expectation(scenario.twins.bpf), expectation(scenario.twins.lkm),
      scenario.repeat.map { "\($0.agree) of \($0.times): \($0.because)" } ?? "",
      (scenario.mirrors ?? []).joined(separator: "; "),
    ]
  }

  private static func expectation(_ twin: Scenario.Twin) -> String {
    let stock = phrase(twin.armed, twin.guardName)
    guard let sensitive = twin.sensitive else { return stock }
    return "\(stock); sensitive: \(phrase(sensitive, twin.guardName))"
  }

  private static func phrase(_ expected: Expectation, _ guardName: String?) -> String {
    let by = expected.by ?? (expected.verdict == .contained ? guardName : nil)
    let kinds = expected.kinds.map(\.rawValue).joined(separator: " or ")
    let what = kinds.isEmpty ? expected.category?.rawValue ?? "" : kinds
    return expected.verdict.word(armed: true) + (by.map { " by \($0)" } ?? "")
      + (what.isEmpty ? "" : " (\(what))")
  }

  private static func table(_ heads: [String], _ rows: [[String]]) -> String {
    let lines = [heads, heads.map { _ in "---" }] + rows
    return lines.map { "| " + $0.map(cell).joined(separator: " | ") + " |\n" }.joined() + "\n"
  }

  private static func cell(_ text: String) -> String {
    DisplayText.escape(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
      .replacing("|", with: "\\|")
  }
}
