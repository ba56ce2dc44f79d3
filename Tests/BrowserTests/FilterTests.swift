// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// The filters count what the headline counts, and every number leads to what it counts.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct FilterTests {
  private static func withTab(
    spoil: (inout RunRecord, String) throws -> Void = { _, _ in },
    _ body: (Tab) async throws -> Void
  ) async throws {
    try await PageFiles.withTab(spoil: spoil) { tab, page in
      try await tab.open(page)
      try await body(tab)
      #expect(tab.complaints() == [])
    }
  }

  @Test(arguments: Mechanism.allCases) func chipsCountTheFaultsOfTheRun(mechanism: Mechanism)
    async throws
  {
    let run = try RunDirectory.read(PageFiles.sampleRun)
    let summary = Summary(run)
    #expect(summary.secondLooks > 0, "the run has a second look, which must not be counted")
    try await Self.withTab { tab in
      let counts = try await tab.evaluate(
        PageScripts.counts(mechanism.rawValue), as: [String: Int].self)
      let expected = RulingClass.allCases.filter { summary.count(mechanism, $0) > 0 }
      #expect(Set(counts.keys) == Set(expected.map(\.rawValue)))
      for rulingClass in expected {
        let count = summary.count(mechanism, rulingClass)
        #expect(counts[rulingClass.rawValue] == count)
        // What the chip shows is as many.
        #expect(try await tab.evaluate(PageScripts.press(mechanism.rawValue, rulingClass.rawValue)))
        let text = try await tab.evaluate(PageScripts.countText, as: String.self)
        let faults = count == 1 ? "1 fault" : "\(count) faults"
        #expect(text == "\(faults) in \(count) of 4 scenarios")
        #expect(try await tab.evaluate(PageScripts.press(mechanism.rawValue, rulingClass.rawValue)))
      }
    }
  }

  @Test func aFaultOnEachKernelCountsOnEach() async throws {
    try await Self.withTab(spoil: PageFiles.onFourKernels) { tab in
      let counts = try await tab.evaluate(PageScripts.counts("lkm"), as: [String: Int].self)
      // One of them lacks a helper of one scenario's program.
      #expect(counts.values.reduce(0, +) == 15)
      #expect(try await tab.evaluate(PageScripts.filter("kernel", "5.10")))
      #expect(
        try await tab.evaluate(PageScripts.countText, as: String.self)
          == "3 faults in 4 of 4 scenarios")
    }
  }

  /// Each link that sets filters, with the number in it.
  private struct Link: Decodable {
    var address: String
    var count: Int
  }

  @Test func everyNumberLeadsToAsManyFaults() async throws {
    try await Self.withTab { tab in
      let links = try await tab.evaluate(
        """
        [...document.querySelectorAll('a[href^="?"]')]
          .filter((a) => !a.getAttribute("href").includes("outcome="))
          .map((a) => ({ address: a.getAttribute("href"),
            count: Number(((a.textContent.trim() || a.getAttribute("aria-label")).match(/[0-9]+/) || [-1])[0]) }))
        """, as: [Link].self)
      #expect(links.count > 30)
      for link in links where link.count >= 0 {
        let text: String = try await tab.evaluate(
          """
          (() => {
            [...document.querySelectorAll('a[href^="?"]')]
              .find((a) => a.getAttribute("href") === \(Self.quoted(link.address))).dispatchEvent(
                new MouseEvent("click", { bubbles: true, cancelable: true }));
            return \(PageScripts.countText);
          })()
          """)
        // A CWE's own number is no count.
        if link.address.hasPrefix("?weakness"), !link.address.contains("&") { continue }
        #expect(text.hasPrefix("\(link.count) fault"), "\(link.address): \(text)")
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    // A string can always be encoded.
    String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
  }

  @Test(arguments: [
    ("rejected by verifier", ["null-map-value"]),
    ("divide-error", ["divide-by-zero"]),
    ("register-type-safety", ["null-map-value"]),
    ("CWE-476", ["null-map-value"]),
    ("kprobe/__x64_sys_getpgid", ["null-map-value"]),
    ("if (!armed && !count)", ["null-map-value"]),
    ("map lookup that nobody", ["null-map-value"]),
    ("mark_ptr_or_null_regs", ["null-map-value"]),
  ]) func searchFinds(text: String, expected: [String]) async throws {
    try await Self.withTab { tab in
      let field = "document.getElementById('filter-text')"
      let set = """
        (() => { \(field).value = \(Self.quoted(text));
          \(field).dispatchEvent(new Event("input", { bubbles: true })); return true; })()
        """
      #expect(try await tab.evaluate(set))
      let rows = try await tab.evaluate(PageScripts.shownRows, as: [String].self)
      let sections = try await tab.evaluate(PageScripts.shownSections, as: [String].self)
      #expect(rows == expected)
      #expect(sections == expected)
    }
  }

  @Test func keysAndLinksGoThroughWhatIsShown() async throws {
    try await Self.withTab { tab in
      func press(_ key: String) async throws -> String {
        try await tab.evaluate(
          """
          new Promise((done) => {
            dispatchEvent(new KeyboardEvent("keydown", { key: "\(key)", bubbles: true }));
            setTimeout(() => done(location.hash), 300);
          })
          """)
      }
      #expect(try await tab.evaluate(PageScripts.press("bpf", "contained")))
      let shown = try await tab.evaluate(PageScripts.shownSections, as: [String].self)
      #expect(shown.count == 2)
      #expect(try await press("n") == "#s-\(shown[0])")
      #expect(try await press("n") == "#s-\(shown[1])")
      #expect(try await press("n") == "#s-\(shown[1])", "there is none behind the last")
      #expect(try await press("p") == "#s-\(shown[0])")
      _ = try await press("/")
      #expect(try await tab.evaluate("document.activeElement.id", as: String.self) == "filter-text")
    }
  }
}
