// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The recorded demo's page, opened from disk.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct DemoPageTests {
  private static let page = Checkout.path("docs/demo.html")
  private static let shown =
    "[...document.querySelectorAll('section')].filter((s) => !s.hidden).length"

  private static func withTab(_ body: (Tab) async throws -> Void) async throws {
    try await Chromium.use { browser in try await body(try await Tab(browser)) }
  }

  @Test func itShowsOnePictureAndTurnsThem() async throws {
    try await Self.withTab { tab in
      try await tab.open(Self.page)
      #expect(try await tab.evaluate(Self.shown) == 1)
      let place = "document.getElementById('place').textContent"
      #expect(try await tab.evaluate(place, as: String.self).hasPrefix("1 of "))
      let key =
        "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' })) && \(place)"
      #expect(try await tab.evaluate(key, as: String.self).hasPrefix("2 of "))
      let back = "document.getElementById('back').click() ?? \(place)"
      #expect(try await tab.evaluate(back, as: String.self).hasPrefix("1 of "))
      #expect(try await tab.evaluate(Self.shown) == 1)
      #expect(tab.complaints() == [])
      #expect(try tab.requests() == [])
    }
  }

  @Test func withoutScriptsEveryPictureIsThere() async throws {
    try await Self.withTab { tab in
      try await tab.allowScripts(false)
      try await tab.open(Self.page)
      #expect(try await tab.evaluate(Self.shown) > 10)
      #expect(try await tab.evaluate("document.querySelector('nav').hidden"))
    }
  }

  @Test(arguments: [390, 1280]) func itFitsAndCanBeRead(width: Int) async throws {
    try await Self.withTab { tab in
      try await tab.resize(width: width)
      try await tab.open(Self.page)
      #expect(try await tab.evaluate(PageScripts.overflow, as: [String].self) == [])
      let contrast = try await tab.evaluate(PageScripts.contrast, as: PageScripts.Contrast.self)
      #expect(contrast.checked > 10)
      #expect(contrast.found == [])
    }
  }
}
