// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// Documents, messages and comments are written in plain English: ``WordList`` has the habits that cost a native
/// reader a second pass.
@Suite(.lane, .timeLimit(.minutes(1))) struct PlainEnglishTests {
  struct Hit: CustomStringConvertible {
    var file: String
    var line: Int
    var phrase: String
    var instead: String

    var description: String { "\(file):\(line): \"\(phrase)\": write \(instead)" }
  }

  /// What stays although it is on the list. Each must still be needed.
  private static let allowed: [(file: String, phrase: String, reason: String)] = [
    ("Sources/Lab/Suites/ExpectedMessage.swift", "behind", "records keep these words"),
    ("Sources/Lab/Suites/SelftestExpectation.swift", "told", "records keep these words"),
    ("Sources/Kernels/Local/LocalKernels.swift", "anew", "records keep these words"),
  ]

  /// What the commands print, except for what reports and records keep word for word.
  private static let printing = [
    "panicroom", "Interactive", "Lab", "Kernels", "Forge", "Host", "Machine", "Scenarios",
  ]

  @Test func documentsAreInPlainEnglish() throws {
    let hits = try Self.documents().flatMap { file in
      Self.hits(in: Prose(markdown: try Files.text(Checkout.path(file))), file)
    }
    Self.report(hits)
  }

  @Test func helpAndMessagesAreInPlainEnglish() throws {
    let hits = try Self.printing.flatMap { target in
      try Self.files(below: "Sources/\(target)", ending: ".swift").flatMap { file in
        Self.hits(in: Prose(swift: try Files.text(Checkout.path(file))), file)
      }
    }
    Self.report(hits)
  }

  @Test func commentsAreInPlainEnglish() throws {
    let sources = try [".swift", ".c", ".h"].flatMap {
      try Self.files(below: "Sources", ending: $0)
    }
    #expect(sources.count > 300)
    Self.report(
      try sources.flatMap { file in
        Self.hits(in: Prose(comments: try Files.text(Checkout.path(file))), file)
      })
  }

  @Test func everyExceptionIsNeeded() throws {
    for exception in Self.allowed {
      let text = try Files.text(Checkout.path(exception.file))
      let prose = exception.file.hasSuffix(".md") ? Prose(markdown: text) : Prose(swift: text)
      let hits = Self.hits(in: prose, exception.file, exceptions: false)
      #expect(
        hits.contains { $0.phrase == exception.phrase },
        "\(exception.file) no longer has \"\(exception.phrase)\"")
    }
  }

  @Test(arguments: [
    ("Where it isn't given, so many\nguests are told of it behind the boot.", 5),
    ("If it is omitted, N guests are\nreported after the boot.", 0),
    ("`so many` is code.\n```\nso many\n```\n", 0),
    ("Quoted text: so many. <!-- words: the kernel's text -->", 0),
    ("Two paragraphs: so\n\nmany of them.", 0),
  ])
  func aHabitIsFoundInADocument(_ text: String, _ count: Int) {
    let hits = Self.hits(in: Prose(markdown: text), "sample.md")
    #expect(hits.count == count, "\(hits)")
  }

  @Test func aHitSaysWhereAndWhatToWrite() throws {
    let hits = Self.hits(in: Prose(markdown: "# A page\n\nAll of it\nis made anew.\n"), "sample.md")
    #expect(hits.map(\.description) == ["sample.md:4: \"anew\": write again"])
  }

  @Test func onlyTextsOfASourceAreRead() {
    let source = #"""
      // Where it isn't given, so many are told.
      let anew = "all of \(alike(anew)) is well"
      let help = """
        Give the name, or leave it \
        away.
        """
      let name = "made anew"
      """#
    let hits = Self.hits(in: Prose(swift: source), "Sample.swift")
    #expect(hits.map(\.line).sorted() == [4, 7], "\(hits)")
  }

  @Test func onlyCommentsOfASourceAreRead() {
    let source = #"""
      /// Makes it anew; `anew` is code.
      let text = "made anew"
      // So
      // many of them.
      """#
    let hits = Self.hits(in: Prose(comments: source), "Sample.swift")
    #expect(hits.map(\.line).sorted() == [1, 3], "\(hits)")
  }

  static func documents() throws -> [String] {
    let top = try Files.list(Checkout.root.path).filter { $0.hasSuffix(".md") }
    return try top + files(below: "docs", ending: ".md").filter { !$0.hasPrefix("docs/samples/") }
  }

  static func files(below folder: String, ending: String) throws -> [String] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: Checkout.path(folder))
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }

  private static func hits(in prose: Prose, _ file: String, exceptions: Bool = true) -> [Hit] {
    let allowed = exceptions ? allowed.filter { $0.file == file } : []
    return WordList.habits.flatMap { habit in
      habit.rule.places(in: prose.text).map { place in
        Hit(
          file: file, line: prose.line(at: place.offset),
          phrase: place.text.trimmingCharacters(in: .whitespaces), instead: habit.instead)
      }
    }.filter { hit in !allowed.contains { $0.phrase == hit.phrase } }
  }

  private static func report(_ hits: [Hit]) {
    let lines = hits.map(\.description).sorted().joined(separator: "\n")
    #expect(hits.isEmpty, "\(hits.count) phrases to rewrite:\n\(lines)")
  }
}
