// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing

/// The kernel's own list of crash types, as `docs/lkdtm.yaml` maps it.
@Suite(.lane, .timeLimit(.minutes(5))) struct CrashTypesTests {
  private static let top = Checkout.root.path

  @Test func everyNamedPairExistsAndNoTypeIsThereTwice() throws {
    let types = try CrashTypes.read("\(Self.top)/docs/lkdtm.yaml")
    let names = Set(try Catalogue.load(repository: Self.top).scenarios.map(\.name))
    for entry in types.entries {
      #expect(names.isSuperset(of: entry.scenarios), "\(entry.name): \(entry.scenarios)")
    }
    #expect(Set(types.entries.map(\.name)).count == types.entries.count)
    #expect(types.entries.count >= 88)
  }

  @Test(arguments: [
    ("{type: LOOP}", "LOOP has either scenarios or why_not"),
    ("{type: LOOP, scenarios: [a], why_not: b}", "LOOP has either scenarios or why_not"),
  ])
  func aTypeHasExactlyPairsOrAReason(item: String, words: String) {
    #expect {
      try CrashTypes.parse("source: Linux\ntypes:\n  - \(item)\n", file: "t.yaml")
    } throws: { "\($0)" == "t.yaml:3: \(words)" }
  }
}
