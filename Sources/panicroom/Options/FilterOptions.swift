// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Scenarios

/// What `list` and `run` narrow the catalogue with.
struct FilterOptions: ParsableArguments {
  @Option(help: "memory, control, locks, lifetime, contract or limits.")
  var family: [String] = []

  @Option(help: "The verdict expected of an armed twin, such as rejected or oopsed.")
  var verdict: [String] = []

  @Option(help: "A weakness from MITRE's list: CWE-476, or 476.")
  var weakness: [String] = []

  @Option(help: "The first word of a hook, such as kprobe, tc, netfilter.")
  var hook: [String] = []

  @Option(help: "The twin that --verdict and --hook apply to: bpf or lkm (default: either).")
  var mechanism: [String] = []

  var isEmpty: Bool { [family, verdict, weakness, hook, mechanism].allSatisfy(\.isEmpty) }

  /// - Throws: `UnknownWord`.
  func select(_ scenarios: [Scenario], of catalogue: Catalogue) throws -> [Scenario] {
    try ScenarioFilter(
      families: family, verdicts: verdict, weaknesses: weakness, hooks: hook,
      mechanisms: mechanism
    ).select(scenarios, of: catalogue.scenarios)
  }
}
