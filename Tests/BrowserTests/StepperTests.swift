// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The verifier's way to a refusal: source, log and registers in one view.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct StepperTests {
  private static let box = "document.querySelector('#s-null-map-value .steps')"

  /// Opens the steps and waits until they can be used.
  private static let open = """
    new Promise((done) => {
      \(box).open = true;
      setTimeout(() => { \(box).scrollIntoView(); done(true); }, 100);
    })
    """

  /// What the view shows, as a reader sees it.
  private struct Shown: Decodable, Equatable {
    var instruction, line, position, focus: String
    var known: [String: String]
  }

  private static let shown = """
    (() => {
      const text = (selector) => \(box).querySelector(selector)?.textContent ?? "";
      return {
        instruction: text(".way li.current code"), line: text("pre.code .line.current"),
        position: text(".position"), focus: document.activeElement.dataset.name ?? "",
        known: Object.fromEntries([...\(box).querySelectorAll(".known-pane tr")]
          .map((row) => [row.cells[0].textContent, row.cells[1].querySelector("code").textContent])),
      };
    })()
    """

  private struct Box: Decodable {
    var left, top, right, bottom: Double
  }

  private static let panes = """
    [...\(box).querySelectorAll(".pane")].map((pane) => {
      const { left, top, right, bottom } = pane.getBoundingClientRect();
      return { left, top, right, bottom };
    })
    """

  private static func withSteps(
    width: Int = 1280, _ body: (Tab) async throws -> Void
  ) async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.resize(width: width)
      try await tab.open(page)
      #expect(try await tab.evaluate(PageScripts.layOutAll))
      #expect(try await tab.evaluate(open))
      try await body(tab)
      #expect(tab.complaints() == [])
    }
  }

  private static func click(_ selector: String) -> String {
    "\(box).querySelector('\(selector)').click() ?? true"
  }

  @Test(arguments: [1000, 1280, 1920]) func threePanesStandSideBySide(width: Int) async throws {
    try await Self.withSteps(width: width) { tab in
      let panes = try await tab.evaluate(Self.panes, as: [Box].self)
      #expect(panes.count == 3)
      for (one, next) in zip(panes, panes.dropFirst()) {
        #expect(one.right <= next.left && one.top == next.top && one.bottom == next.bottom)
      }
      for pane in panes {
        #expect(pane.right - pane.left > 250 && pane.bottom - pane.top > 200, "\(pane)")
      }
      #expect((panes.last?.right ?? .infinity) <= Double(width))
      // All of them, with the buttons, are in the window at once.
      #expect((panes.first?.bottom ?? .infinity) <= 900)
    }
  }

  @Test func onATelephoneTheyStandOneBelowTheOther() async throws {
    try await Self.withSteps(width: 390) { tab in
      let panes = try await tab.evaluate(Self.panes, as: [Box].self)
      #expect(panes.count == 3)
      for (one, next) in zip(panes, panes.dropFirst()) { #expect(one.bottom <= next.top) }
      #expect(try await tab.evaluate(PageScripts.overflow, as: [String].self) == [])
      let isScrolled: Bool = try await tab.evaluate(
        "[...\(Self.box).querySelectorAll('.pane')].some((pane) => pane.scrollWidth > pane.clientWidth)"
      )
      #expect(!isScrolled)
    }
  }

  @Test func eachStepShowsItsLineAndWhatIsKnown() async throws {
    try await Self.withSteps { tab in
      let last = try await tab.evaluate(Self.shown, as: Shown.self)
      #expect(last.instruction == "31: (79) r1 = *(u64 *)(r0 +0)")
      #expect(last.line.contains("++*count"))
      #expect(last.position == "Step 11 of 11, line 35")
      #expect(last.known["R0"]?.hasPrefix("map_value_or_null") == true)
      #expect(last.known["R1"] == "1")
      #expect(
        try await tab.evaluate(
          "\(Self.box).querySelector('.known-pane .blamed').cells[0].textContent") == "R0")
      #expect(try await tab.evaluate(Self.click(".back")))
      let before = try await tab.evaluate(Self.shown, as: Shown.self)
      #expect(before.line.contains("if (!armed && !count)"))
      // A call leaves nothing of the registers that it may use.
      #expect(try await tab.evaluate(Self.click(".way li:nth-child(7)")))
      let called = try await tab.evaluate(Self.shown, as: Shown.self)
      #expect(called.instruction.hasPrefix("7: (85) call bpf_map_lookup_elem"))
      #expect(Set(called.known.keys) == ["R0", "R10", "fp-24"])
      #expect(try await tab.evaluate(Self.click(".end")))
      #expect(try await tab.evaluate(Self.shown, as: Shown.self) == last)
    }
  }

  @Test(arguments: ["click", "Enter"])
  func aRegisterLeadsToTheStepThatWroteIt(how: String) async throws {
    try await Self.withSteps { tab in
      let register = "\(Self.box).querySelector('.known-pane [data-name=R0]')"
      #expect(try await tab.evaluate("\(register).focus() ?? true"))
      if how == "Enter" {
        try await tab.press("Enter")
      } else {
        #expect(try await tab.evaluate("\(register).click() ?? true"))
      }
      let shown = try await tab.evaluate(Self.shown, as: Shown.self)
      #expect(shown.instruction.contains("call bpf_map_lookup_elem"))
      #expect(shown.line.contains("bpf_map_lookup_elem(&calls, &pid)"))
      #expect(shown.position.contains("Step 7 of 11") && shown.position.hasSuffix("writes R0"))
      // The focus stays where it was, so that the next register is a key away.
      #expect(shown.focus == "R0")
      #expect(try await tab.evaluate(Self.click(".known-pane [data-name=R10]")))
      let start = try await tab.evaluate(Self.shown, as: Shown.self)
      #expect(start.instruction == shown.instruction)
      #expect(start.position.hasSuffix("R10 was there from the start"))
    }
  }

  @Test func keysStepThroughTheLog() async throws {
    try await Self.withSteps { tab in
      #expect(try await tab.evaluate("\(Self.box).querySelector('.log-pane').focus() ?? true"))
      for (key, step) in [
        ("ArrowUp", 10), ("Home", 1), ("ArrowUp", 1), ("ArrowDown", 2), ("End", 11),
      ] {
        try await tab.press(key)
        let shown = try await tab.evaluate(Self.shown, as: Shown.self)
        #expect(shown.position.hasPrefix("Step \(step) of 11"), "\(key)")
      }
    }
  }

  @Test func itReadsWithoutScripts() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.allowScripts(false)
      try await tab.open(page)
      #expect(try await tab.evaluate(PageScripts.layOutAll))
      #expect(try await tab.evaluate("(\(Self.box).open = true)"))
      let text: String = try await tab.evaluate("\(Self.box).innerText")
      for part in [
        "31: (79) r1 = *(u64 *)(r0 +0)", "R0 map_value_or_null", "R0 invalid mem access",
      ] {
        #expect(text.contains(part), "\(part)")
      }
      #expect(!text.contains("Next"))
    }
  }

  /// On paper the log alone is left, whole: the source is printed above it.
  @Test(
    .enabled(if: PDFWords.isThere, "pdftotext is missing; install Debian's package poppler-utils"))
  func onPaperTheLogIsLeft() async throws {
    try await Self.withSteps { tab in
      let pages = try await PDFWords.pages(of: try await tab.print())
      let words = pages.joined().map(\.text)
      #expect(words.contains("map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0)"))
      #expect(!words.contains("Next"))
      for page in pages { #expect(PDFWords.overlaps(in: page) == []) }
    }
  }
}
