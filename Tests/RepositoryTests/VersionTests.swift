// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// One place holds the version's number, and the changelog agrees with it.
@Suite(.lane, .timeLimit(.minutes(1))) struct VersionTests {
  /// The headings `## […]` of the changelog, the newest first.
  private static func headings() throws -> [Substring] {
    try Files.text(Checkout.path("CHANGELOG.md")).split(separator: "\n").filter {
      $0.hasPrefix("## ")
    }
  }

  private static func number() throws -> String {
    let source = try Files.text(Checkout.path("Sources/panicroom/Version.swift"))
    return String(try #require(source.firstMatch(of: /static let number = "(\d+\.\d+\.\d+)"/)).1)
  }

  @Test func theNewestReleaseInTheChangelogIsThisVersion() throws {
    let headings = try Self.headings()
    #expect(headings.first == "## [Unreleased]", "what comes next is collected at the top")
    let newest = try #require(headings.dropFirst().first)
    let release = try #require(newest.wholeMatch(of: /## \[(.+)\] - \d{4}-\d{2}-\d{2}/))
    #expect(try String(release.1) == Self.number())
  }

  @Test func theChangelogListsEachReleaseOnceAndTheNewestFirst() throws {
    let releases = try Self.headings().dropFirst().map { heading in
      let match = try #require(heading.wholeMatch(of: /## \[(.+)\] - .+/), "\(heading)")
      return try match.1.split(separator: ".").map { try #require(Int($0), "\(heading)") }
    }
    for (newer, older) in zip(releases, releases.dropFirst()) {
      #expect(older.lexicographicallyPrecedes(newer))
    }
  }

  @Test func noOtherSourceHoldsTheNumber() throws {
    let number = try Self.number()
    let sources = Checkout.path("Sources")
    let holders = try FileManager.default.subpathsOfDirectory(atPath: sources).filter { file in
      try file.hasSuffix(".swift") && Files.text("\(sources)/\(file)").contains("\"\(number)\"")
    }
    #expect(holders == ["panicroom/Version.swift"])
  }
}
