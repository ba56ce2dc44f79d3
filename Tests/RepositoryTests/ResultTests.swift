// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The README's picture, its numbers and its table say the same. The picture is made by the program:
/// `./panicroom run`, then `./panicroom report runs/latest --format picture -o docs/result.svg`.
@Suite(.lane, .timeLimit(.minutes(1))) struct ResultTests {
  private static let words = ["rejected", "contained", "unnoticed", "damaged", "crashed"]

  /// How many faults ended in each class, by mechanism, as the picture's description says.
  private static func picture() throws -> (text: String, counts: [String: [String: Int]]) {
    let text = try Files.text(Checkout.path("docs/result.svg"))
    let described = try #require(text.firstMatch(of: /<desc id="words">([^<]*)<\/desc>/))
    var counts: [String: [String: Int]] = [:]
    for mechanism in ["eBPF", "kernel module"] {
      let sentence = try #require(
        String(described.1).firstMatch(of: try Regex("\(mechanism): ([^.]*)\\.")))
      counts[mechanism] = numbers(in: sentence.output[1].substring.map(String.init) ?? "")
    }
    return (text, counts)
  }

  private static func numbers(in text: String) -> [String: Int] {
    text.matches(of: /(\d+) (\w+)/).reduce(into: [:]) { counts, match in
      if words.contains(String(match.2)) { counts[String(match.2)] = Int(match.1) }
    }
  }

  private static var readme: String { get throws { try Files.text(Checkout.path("README.md")) } }

  private static var scenarios: Int {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: Checkout.path("scenarios"))
        .count { $0.hasSuffix(".yaml") }
    }
  }

  @Test func everyScenarioIsInThePicture() throws {
    for (mechanism, counts) in try Self.picture().counts {
      #expect(try counts.values.reduce(0, +) == Self.scenarios, "\(mechanism)")
    }
  }

  @Test func theBarsAreToScale() throws {
    let (text, counts) = try Self.picture()
    let bars = text.matches(
      of: /<rect class="(\w+)" x="[\d.]+" y="(\d+)" width="([\d.]+)" height="34"\/>/)
    let rows = Dictionary(grouping: bars) { String($0.2) }
    #expect(rows.count == 2)
    for row in rows.values {
      let sizes = row.compactMap { Double($0.3) }
      let whole = sizes.reduce(0, +)
      // The classes' own names, as the style calls them.
      let names = ["refused": "rejected", "silent": "unnoticed"]
      let shown = row.map { names[String($0.1)] ?? String($0.1) }
      let shares = Dictionary(uniqueKeysWithValues: zip(shown, sizes.map { $0 / whole }))
      let all = Double(try Self.scenarios)
      let fits = counts.values.contains { counts in
        counts.count == shares.count
          && counts.allSatisfy { abs((shares[$0.key] ?? 0) - Double($0.value) / all) < 0.01 }
      }
      #expect(fits, "\(shares)")
    }
  }

  @Test func theSentenceBelowThePictureHasItsNumbers() throws {
    let counts = try Self.picture().counts
    func harmed(_ mechanism: String) -> Int {
      (counts[mechanism]?["damaged"] ?? 0) + (counts[mechanism]?["crashed"] ?? 0)
    }
    let sentence =
      "As kernel modules, \(harmed("kernel module")) of \(try Self.scenarios) faults harmed the kernel; as eBPF "
      + "programs, \(harmed("eBPF")) did."
    #expect(try Self.readme.contains(sentence), "\(sentence)")
  }

  @Test func theTableHasThePicturesNumbers() throws {
    let counts = try Self.picture().counts
    let table = try #require(
      try Self.readme.firstMatch(
        of: /\n(\d+) paired faults\n  eBPF((?:.|\n)*?)\n  kernel module((?:.|\n)*?)\n\d+ unnoticed/)
    )
    #expect(try Int(table.1) == Self.scenarios)
    #expect(Self.numbers(in: String(table.2)) == counts["eBPF"])
    #expect(Self.numbers(in: String(table.3)) == counts["kernel module"])
  }

  @Test func theReadmeCountsTheScenariosRight() throws {
    for match in try Self.readme.matches(of: /(\d+) scenarios/) {
      #expect(try Int(match.1) == Self.scenarios, "\(match.0)")
    }
  }
}
