// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// Every source says whose it is and under which licence; `.ci/add-headers` adds what is missing.
/// `reuse lint` (`.ci/metadata`) checks all other files, too.
@Suite(.lane, .timeLimit(.minutes(1))) struct LicenceTests {
  // In two parts, or reuse would take them for this file's own.
  private static let words = ["SPDX-" + "FileCopyrightText: ", "SPDX-" + "License-Identifier: "]

  @Test func everySourceNamesItsLicence() throws {
    var files = ["Package.swift"]
    for folder in ["Sources", "Tests"] {
      files += try FileManager.default.subpathsOfDirectory(atPath: Checkout.path(folder))
        .filter { $0.contains(/\.(swift|c|h|modulemap)$/) && !$0.contains("/Fixtures/") }
        .map { "\(folder)/\($0)" }
    }
    #expect(files.count > 500)
    for file in files {
      let head = try Files.text(Checkout.path(file)).prefix(300)
      #expect(Self.words.allSatisfy { head.contains($0) }, "\(file): run .ci/add-headers")
    }
  }

  @Test func bothLicencesAreThere() throws {
    let licences = Checkout.path("LICENSES")
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: licences))
        == ["Apache-2.0.txt", "GPL-2.0-only.txt"])
    #expect(
      try Files.text("\(licences)/Apache-2.0.txt") == Files.text(Checkout.path("LICENSE")))
  }
}
