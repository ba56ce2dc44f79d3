// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import TestSupport
import Testing

/// What axe (Deque's checks of the Web Content Accessibility Guidelines) finds on the page: nothing.
///
/// `./panicroom test integration` puts axe 4.12.1 where it is looked for.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected && Axe.program != nil,
    "Chromium is missing, or axe could not be fetched from PyPI; see docs/testing.md"))
struct AxeTests {
  enum State: String {
    case closed, open, filtered
  }

  /// - Parameter scheme: the dark page has the elements of the light one, only its colours are others.
  private static func check(_ scheme: Tab.Scheme) -> String {
    let rules = scheme == .light ? "" : ", runOnly: { type: 'rule', values: ['color-contrast'] }"
    return """
      axe.run(document, { resultTypes: ["violations"]\(rules) }).then((found) => found.violations.map(
        (one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")))
      """
  }

  private static let views: [(width: Int, state: State)] = [
    (390, .closed), (390, .open), (390, .filtered), (1280, .closed), (1280, .open), (1920, .open),
  ]

  @Test(arguments: views)
  func itFindsNothing(width: Int, state: State) async throws {
    let axe = try String(contentsOfFile: try #require(Axe.program), encoding: .utf8)
    try await PageFiles.withPage(spoil: PageFiles.onFourKernels) { page in
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.resize(width: width)
        for scheme in Tab.Scheme.allCases {
          try await tab.prefer(scheme)
          try await tab.open(page, state == .filtered ? "?bpf=contained" : "")
          #expect(try await tab.evaluate(PageScripts.layOutAll))
          if state == .open {
            let open =
              "document.querySelectorAll('details').forEach((d) => { d.open = true }) ?? true"
            #expect(try await tab.evaluate(open))
            #expect(
              try await tab.evaluate(
                "new Promise((done) => setTimeout(() => done(!!document.querySelector('.register')), 200))"
              ))
          }
          #expect(try await tab.evaluate(axe + "; typeof axe", as: String.self) == "object")
          #expect(try await tab.evaluate(Self.check(scheme), as: [String].self) == [])
        }
      }
    }
  }
}

/// Where axe is, if it is there.
enum Axe {
  static var program: String? {
    let own = Checkout.path(".build/axe/axe_playwright_python/axe.min.js")
    let places = [ProcessInfo.processInfo.environment["PANICROOM_AXE"], own].compactMap(\.self)
    return places.first { access($0, R_OK) == 0 }
  }
}
