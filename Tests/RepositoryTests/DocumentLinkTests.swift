// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// Every link between our documents leads somewhere: to a file, and to a heading in it.
@Suite(.lane, .timeLimit(.minutes(1))) struct DocumentLinkTests {
  @Test func everyLinkLeadsSomewhere() throws {
    for file in try PlainEnglishTests.documents() {
      let text = try Files.text(Checkout.path(file))
      for problem in Self.problems(in: text, of: file) { Issue.record("\(file): \(problem)") }
    }
  }

  @Test func aLinkToNowhereIsAProblem() {
    let text =
      "# A page\n\n[a](#a-page) [b](#b-page) [c](docs/nowhere.md) [d](docs/testing.md#tags)\n"
    #expect(
      Self.problems(in: text, of: "sample.md") == [
        "there is no heading for #b-page", "there is no docs/nowhere.md",
      ])
  }

  private static func problems(in text: String, of file: String) -> [String] {
    text.matches(of: /\]\(([^)\s]+)\)/).compactMap { match in
      let link = String(match.1)
      guard !link.contains("://") else { return nil }
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? file : Self.resolve(String(parts[0]), from: file)
      guard parts[0].isEmpty || FileManager.default.fileExists(atPath: Checkout.path(target)) else {
        return "there is no \(link)"
      }
      guard parts.count == 2, target.hasSuffix(".md") else { return nil }
      let linked = parts[0].isEmpty ? text : (try? Files.text(Checkout.path(target))) ?? ""
      return anchors(in: linked).contains(String(parts[1]))
        ? nil : "there is no heading for \(link)"
    }
  }

  private static func resolve(_ path: String, from file: String) -> String {
    let folder = (file as NSString).deletingLastPathComponent
    return ((folder as NSString).appendingPathComponent(path) as NSString).standardizingPath
  }

  /// As GitHub makes them of headings: lower case, blanks as hyphens, no other punctuation.
  private static func anchors(in text: String) -> Set<String> {
    var isBox = false
    var anchors: Set<String> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("```") { isBox.toggle() }
      guard !isBox, let heading = line.wholeMatch(of: /#+ (.*)/) else { continue }
      let kept = heading.1.lowercased().filter { $0.isLetter || $0.isNumber || "_- ".contains($0) }
      anchors.insert(kept.replacing(" ", with: "-"))
    }
    return anchors
  }
}
