// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The checks of these tests find what is wrong, on a page where everything is.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct CheckTests {
  private static let wrong = """
    <!DOCTYPE html><html lang="en"><title>wrong</title><body style="background: #fff">
    <p style="color: #999">too pale</p>
    <p style="font-size: 30px; color: #949494">large, and just dark enough</p>
    <p style="background: #000"><span style="color: #333">dark on dark</span></p>
    <div style="width: 3000px" class="wide">too wide</div>
    <div style="overflow-x: auto"><div style="width: 3000px">scrolls by itself</div></div>
    <img src="missing.png" alt=""><script>console.error("oh"); missing();</script>
    """

  @Test func whatIsWrongIsFound() async throws {
    let page = NSTemporaryDirectory() + "panicroom-wrong-\(UUID().uuidString).html"
    try Data(Self.wrong.utf8).write(to: URL(fileURLWithPath: page))
    defer { unlink(page) }
    try await Chromium.use { browser in
      let tab = try await Tab(browser)
      try await tab.resize(width: 1280)
      try await tab.open(page)
      #expect(try tab.requests().contains { $0.hasSuffix("missing.png") })
      let complaints = tab.complaints().joined()
      #expect(complaints.contains("missing is not defined") && complaints.contains("oh"))
      let overflow = try await tab.evaluate(PageScripts.overflow, as: [String].self)
      #expect(overflow.contains { $0.hasPrefix("DIV.wide ") })
      #expect(overflow.count == 2, "the page itself and the box: \(overflow)")
      let contrast = try await tab.evaluate(PageScripts.contrast, as: PageScripts.Contrast.self)
      #expect(contrast.found.count == 2, "\(contrast.found)")
      #expect(contrast.found.contains { $0.contains("too pale") })
      #expect(contrast.found.contains { $0.contains("dark on dark") })
    }
  }
}
