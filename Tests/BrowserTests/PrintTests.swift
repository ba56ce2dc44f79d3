// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Reports
import TestSupport
import Testing

/// The page on paper, and what has to be to scale.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct PrintTests {
  private struct Bar: Decodable {
    /// How many faults each segment stands for, and how wide it is.
    var counts: [Double]
    var widths: [Double]
  }

  @Test(arguments: [390, 1280, 1920]) func barsAreToScale(width: Int) async throws {
    // Shares that are far apart: one of four is nothing, fifteen of sixteen are.
    try await PageFiles.withPage(spoil: PageFiles.onFourKernels) { page in
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.resize(width: width)
        try await tab.open(page)
        let bars = try await tab.evaluate(
          """
          [...document.querySelectorAll(".bar")].map((bar) => ({
            counts: [...bar.children].map((e) => Number(e.getAttribute("aria-label").match(/: ([0-9]+)/)[1])),
            widths: [...bar.children].map((e) => e.getBoundingClientRect().width) }))
          """, as: [Bar].self)
        #expect(bars.count == 2)
        for bar in bars {
          let (faults, length) = (bar.counts.reduce(0, +), bar.widths.reduce(0, +))
          #expect(bar.counts.count > 1 && faults == 15)
          for (count, width) in zip(bar.counts, bar.widths) {
            #expect(abs(width / length - count / faults) < 0.01 * count / faults, "\(bar)")
          }
        }
      }
    }
  }

  private static func printed(
    _ edition: HTMLReport.Edition, _ body: (Data) async throws -> Void
  ) async throws {
    try await PageFiles.withPage(edition: edition) { page in
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.open(page)
        try await body(try await tab.print())
      }
    }
  }

  @Test(
    .enabled(if: PDFWords.isThere, "pdftotext is missing; install Debian's package poppler-utils"),
    arguments: [HTMLReport.Edition.whole, .summary])
  func noTextLiesOnAnother(edition: HTMLReport.Edition) async throws {
    try await Self.printed(edition) { document in
      let pages = try await PDFWords.pages(of: document)
      let words = pages.joined()
      #expect(words.count > (edition == .whole ? 3000 : 300))
      #expect(edition == .whole ? pages.count > 4 : pages.count <= 2, "\(pages.count) pages")
      for page in pages {
        let overlaps = PDFWords.overlaps(in: page)
        #expect(overlaps.isEmpty, "\(overlaps.prefix(3))")
      }
    }
  }

  @Test func thePrintedPageHasAnOutline() async throws {
    try await Self.printed(.whole) { document in
      #expect(document.range(of: Data("/Outlines".utf8)) != nil)
    }
  }

  @Test func theSummaryLeadsNowhere() async throws {
    try await PageFiles.withPage(edition: .summary) { page in
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.resize(width: 1280)
        try await tab.open(page)
        #expect(try await tab.evaluate("document.querySelectorAll('a[href]').length") == 0)
        #expect(try await tab.evaluate("document.scripts.length") == 0)
        let text: String = try await tab.evaluate("document.body.innerText")
        for part in ["harmed the kernel", "Outside the family limits", "What nothing stopped"] {
          #expect(text.contains(part), "\(part)")
        }
        #expect(tab.complaints() == [])
      }
    }
  }
}

/// The words of a PDF and their boxes, by poppler's `pdftotext -bbox`.
enum PDFWords {
  struct Word {
    var text: Substring
    var left, top, right, bottom: Double
  }

  private static let program = Tool("pdftotext")

  static var isThere: Bool { program.locate() != nil }

  static func pages(of document: Data) async throws -> [[Word]] {
    let text = try await withTemporaryFolder { folder in
      try Files.write(Array(document), to: folder + "/print.pdf")
      return try await program.checked(["-bbox", folder + "/print.pdf", "-"]).text
    }
    let word =
      #/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>/#
    return text.components(separatedBy: "<page ").dropFirst().map { page in
      page.matches(of: word).map {
        Word(
          text: $0.5, left: Double($0.1) ?? 0, top: Double($0.2) ?? 0, right: Double($0.3) ?? 0,
          bottom: Double($0.4) ?? 0)
      }
    }
  }

  /// Pairs of words whose boxes share more than half of the lower one's height, and a point of width.
  static func overlaps(in page: [Word]) -> [String] {
    let words = page.sorted { $0.top < $1.top }
    var found: [String] = []
    for (index, word) in words.enumerated() {
      for other in words[(index + 1)...] {
        if other.top >= word.bottom { break }
        let height = min(word.bottom, other.bottom) - other.top
        let width = min(word.right, other.right) - max(word.left, other.left)
        let least = min(word.bottom - word.top, other.bottom - other.top)
        if width > 1, height > least / 2 { found.append("\(word.text) and \(other.text)") }
      }
    }
    return found
  }
}
